"""Datagrams that are almost SIP."""

import random

SEEDS = (
    "INVITE sip:100@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK{n};rport\r\n"
    'Max-Forwards: 70\r\nFrom: "A" <sip:a@127.0.0.1>;tag={n}\r\nTo: <sip:100@127.0.0.1>\r\nCall-ID: {n}\r\n'
    "CSeq: 1 INVITE\r\nContact: <sip:a@127.0.0.1:{port}>\r\nRecord-Route: <sip:127.0.0.1;lr>\r\n"
    "Content-Type: application/sdp\r\nContent-Length: {length}\r\n\r\n{sdp}",
    "ACK sip:100@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK{n}\r\n"
    "From: <sip:a@b>;tag={n}\r\nTo: <sip:100@127.0.0.1>;tag=1\r\nCall-ID: {n}\r\nCSeq: 1 ACK\r\n"
    "Content-Length: 0\r\n\r\n",
    "BYE sip:100@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP [::1]:{port};branch=z9hG4bK{n}\r\nf: <sip:a@b>;tag={n}\r\n"
    "t: <sip:100@127.0.0.1>;tag=1\r\ni: {n}\r\nCSeq: 2 BYE\r\nReason: Q.850;cause=16\r\nl: 0\r\n\r\n",
    "CANCEL sip:100@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK{n}\r\n"
    "From: <sip:a@b>;tag={n}\r\nTo: <sip:100@127.0.0.1>\r\nCall-ID: {n}\r\nCSeq: 1 CANCEL\r\nContent-Length: 0\r\n\r\n",
    "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK{n}\r\nFrom: <sip:a@b>;tag={n}\r\n"
    "To: <sip:100@127.0.0.1>;tag=1\r\nCall-ID: {n}\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n",
    "INVITE sip:100@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK{n};rport\r\n"
    "From: <sip:a@127.0.0.1>;tag={n}\r\nTo: <sip:100@127.0.0.1>\r\nCall-ID: {n}\r\nCSeq: 1 INVITE\r\n"
    'Authorization: Digest username="u", realm="parley", nonce="1.2.3", uri="sip:x", response="4", qop=auth, '
    'nc=00000001, cnonce="5"\r\nRequire: 100rel\r\nContent-Length: 0\r\n\r\n',
)
SDP = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0 8 101\r\n"
    "a=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n"
)
PIECES = (
    b"\0",
    b"\xff\xfe",
    b"\r\n",
    b"\r\n\r\n",
    b"<",
    b">",
    b'"',
    b";tag=",
    b":",
    b"@",
    b"[::",
    b"99999999999",
    b"-1",
    b"%s" * 20,
    "ß🙂".encode(),
)


def mutated(chance: random.Random, number: int, port: int) -> bytes:
    """One of the seeds, wounded once or a few times."""
    text = chance.choice(SEEDS).format(port=port, n=number, sdp=SDP, length=len(SDP))
    data = bytearray(text.encode())
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        at = chance.randrange(len(data) or 1)
        match chance.randrange(6):
            case 0:
                data[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del data[at : at + chance.choice((1, 3, 30))]
            case 2:
                data[at:at] = chance.choice(PIECES)
            case 3:
                lines = bytes(data).split(b"\r\n")
                lines.insert(chance.randrange(len(lines) + 1), chance.choice(lines))
                data = bytearray(b"\r\n".join(lines))
            case 4:
                lines = bytes(data).split(b"\r\n")
                del lines[chance.randrange(len(lines))]
                data = bytearray(b"\r\n".join(lines))
            case _:
                end = at + chance.randrange(40)
                data[at:at] = data[at:end]
    return bytes(data[:60_000])
