"""A visitor who talks aloud in a real browser: a microphone that says the same words again and again, and an ear at
what comes out of the room."""

import base64
import json
import wave
from pathlib import Path

from playwright.sync_api import Page, WebSocket, expect

from tests.e2e.calling import spoken
from tests.e2e.conftest import QUIET
from tests.e2e.ear import recognised, stretches
from tests.e2e.room_house import SENTENCES, aside, until

RATE = 16_000
KEPT = Path(__file__).parents[2] / "build" / "heard.raw"
"""What the ear heard last of what it did not understand: 16-bit PCM."""
EVERY = 9
"""Seconds between two times the microphone says its words."""
EAR = """
window.heard = [];
const Connection = window.RTCPeerConnection;
const connections = [];
window.RTCPeerConnection = class extends Connection {
  constructor(...given) {
    super(...given);
    connections.push(this);
    this.addEventListener('track', event => event.track.kind === 'audio' && listen(event.track));
  }
};
// On the thread of the sound: a busy page loses nothing.
const EAR = `registerProcessor('ear', class extends AudioWorkletProcessor {
  kept = [];
  process([[samples]]) {
    if (samples) this.kept.push(...samples);
    if (this.kept.length >= 2048) this.port.postMessage(Float32Array.from(this.kept.splice(0)));
    return true;
  }
})`;
let context, tap;
const kept = new Map();
async function open() {
  await context.audioWorklet.addModule(URL.createObjectURL(new Blob([EAR], {type: 'text/javascript'})));
  const node = new AudioWorkletNode(context, 'ear', {channelCount: 1, channelCountMode: 'explicit'});
  node.port.onmessage = ({data}) =>
    window.heard.push(Int16Array.from(data, s => Math.max(-1, Math.min(1, s)) * 32767));
  node.connect(context.destination);
  return node;
}
async function listen(track) {
  if (!context) {
    context = new AudioContext({sampleRate: RATE});
    tap = open();
    context.resume();
  }
  // A track that comes back, for the next who speaks, is a new sound. A source nobody holds is collected.
  kept.get(track.id)?.[1].disconnect();
  const stream = new MediaStream([track]);
  const source = context.createMediaStreamSource(stream);
  kept.set(track.id, [stream, source]);
  source.connect(await tap);
}
window.received = async () => {
  const found = [`context ${context?.state}, ${kept.size} tracks`];
  for (const connection of connections) {
    found.push(connection.connectionState);
    if (connection.connectionState === 'closed') continue;
    for (const { currentDirection, receiver: { track } } of connection.getTransceivers())
      found.push(`${track.kind} ${track.id} ${currentDirection} ${track.muted ? 'muted' : ''} ${track.readyState}`);
    for (const told of (await connection.getStats()).values())
      if (told.type === 'inbound-rtp')
        found.push(`${told.trackIdentifier}: ${told.packetsReceived} packets, ${told.totalAudioEnergy} loud`);
  }
  return found.join('; ');
};
window.takeHeard = () => {
  const parts = window.heard.splice(0);
  let text = '';
  for (const part of parts) {
    const bytes = new Uint8Array(part.buffer);
    for (let at = 0; at < bytes.length; at += 4096) {
      text += String.fromCharCode(...bytes.subarray(at, at + 4096));
    }
  }
  return btoa(text);
};
""".replace("RATE", str(RATE))
"""Keeps what comes out of rooms, all tracks together, as 16-bit PCM; and says what came, when nothing did."""


def microphone(folder: Path, words: str) -> list[str]:
    """Chromium's arguments for a microphone that says these words every few seconds."""
    pcm = spoken(words, 48_000)
    quiet = bytes(EVERY * 48_000 * 2 - len(pcm))
    file = folder / "microphone.wav"
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(48_000)
        out.writeframes(quiet + pcm)
    return [
        *QUIET,
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={file}",
        "--autoplay-policy=no-user-gesture-required",
    ]


class Talk:
    """A page whose visitor is on the line. ``sound`` is all that came out of the room so far, ``understood`` what was
    recognised of each stretch of speech in there, ``captions`` who said what."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.sound = b""
        self.understood: list[str] = []
        self.captions: list[tuple[str, str]] = []
        page.on("websocket", self._opened)

    def begin(self, address: str) -> None:
        """Open the conversation and press the microphone."""
        self.page.add_init_script(EAR)
        self.page.goto(address)
        self.page.get_by_role("button", name="Start your conversation").click()
        self.page.get_by_role("button", name="Talk instead of writing").click()
        expect(self.page.get_by_text("on the line")).to_be_visible(timeout=60_000)

    def listen(self) -> bytes:
        """All that came out of the room."""
        self.sound += base64.b64decode(self.page.evaluate("takeHeard()"))
        return self.sound

    def forget(self) -> None:
        """Listen from now on."""
        self.listen()
        self.sound = b""
        self.understood.clear()

    def mute(self) -> None:
        """Say nothing for a while."""
        self.page.get_by_role("button", name="Switch the microphone off").click()

    def unmute(self) -> None:
        """Be heard again."""
        self.page.get_by_role("button", name="Switch the microphone on").click()

    def hears(self, *sentences: str) -> None:
        """Wait until one of these, each in `SENTENCES`, is recognised in what came; what came is kept when none is."""

        def look() -> bool:
            self.page.wait_for_timeout(300)
            pieces = stretches(self.listen(), RATE)
            for piece in pieces[len(self.understood) :]:
                heard = aside(recognised(piece + bytes(2 * RATE), SENTENCES, RATE, *sentences))
                self.understood += heard or [""]
            return any(sentence in words for words in self.understood for sentence in sentences)

        try:
            until(look, f"{' or '.join(sentences)!r} out of the room")
        except AssertionError as error:
            KEPT.parent.mkdir(exist_ok=True)
            KEPT.write_bytes(self.sound)
            raise AssertionError(
                f"{error}, only {self.understood} ({KEPT}): {self.page.evaluate('received()')}"
            ) from error

    def reads(self, words: str, who: str = "agent") -> None:
        """Wait for a caption with these words."""

        def look() -> bool:
            self.page.wait_for_timeout(50)
            return any(words in text.lower() for speaker, text in self.captions if speaker == who)

        until(look, f"caption of the {who} with {words!r} among {self.captions}")

    def _opened(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._came)

    def _came(self, frame: str | bytes) -> None:
        if isinstance(frame, str):
            read = json.loads(frame)
            if read.get("type") == "caption" and read.get("final"):
                self.captions.append((read["who"], read["text"]))
