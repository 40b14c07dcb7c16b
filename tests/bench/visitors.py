"""Many visitors of one widget: ``visitors.py ADDRESS AGENT CONNECTIONS SECONDS RATE`` prints one line of JSON.

Closed loop when RATE is 0: each says the next thing once it was answered. Else each speaks RATE times a second.
With SECONDS 0 they only connect, print, and stay until their standard input ends.
"""

import asyncio
import json
import sys
import time

import httpx2
import uvloop
import websockets

WORDS = "I would like to book an appointment for tomorrow afternoon please"


async def main(address: str, agent: str, connections: int, seconds: float, rate: float) -> None:
    """Connect everybody, then let them talk."""
    async with httpx2.AsyncClient(base_url=address, headers={"Origin": address}) as http:
        sessions = []
        for i in range(connections):
            answer = await http.post(
                "/api/v1/widget/sessions", json={"agent_id": agent, "visitor_id": f"visitor-{i}"}
            )
            answer.raise_for_status()
            sessions.append(answer.json())
    sockets = []
    for session in sessions:
        url = address.replace("http", "ws", 1) + session["socket"]
        socket = await websockets.connect(
            url, origin=websockets.Origin(address), compression=None, max_size=None, ping_interval=None
        )
        await socket.send(json.dumps({"type": "hello", "token": session["token"], "last_seq": 0}))
        while '"role":"agent"' not in await socket.recv(decode=True):
            pass
        sockets.append(socket)
    if not seconds:
        print(json.dumps({"connected": len(sockets)}), flush=True)
        await asyncio.to_thread(sys.stdin.read)
        return
    await talk(sockets, seconds, rate)


async def talk(sockets: list[websockets.ClientConnection], seconds: float, rate: float) -> None:
    """Say things for ``seconds`` after a second of warming up; print how fast they were answered."""
    began = time.perf_counter() + 1
    stop = began + seconds
    waits: list[float] = []

    async def visitor(number: int, socket: websockets.ClientConnection) -> None:
        turn = 0
        if rate:
            await asyncio.sleep(number / len(sockets) / rate)
        while (said := time.perf_counter()) < stop:
            turn += 1
            message = f'{{"type":"text","client_msg_id":"m{turn}","text":"{WORDS}"}}'
            await socket.send(message)
            while '"role":"agent"' not in await socket.recv(decode=True):
                pass
            if said >= began:
                waits.append(time.perf_counter() - said)
            if rate:
                await asyncio.sleep(max(0.0, 1 / rate - (time.perf_counter() - said)))

    await asyncio.gather(*(visitor(i, socket) for i, socket in enumerate(sockets)))
    elapsed = time.perf_counter() - began
    waits.sort()
    print(
        json.dumps(
            {
                "turns_per_s": len(waits) / elapsed,
                "p50_ms": waits[len(waits) // 2] * 1000,
                "p99_ms": waits[int(len(waits) * 0.99)] * 1000,
            }
        ),
        flush=True,
    )


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]), float(sys.argv[5])))
