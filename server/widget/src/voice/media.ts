// The call over the audio socket: the microphone's frames go up, the agent's voice and words come down.

import { readMediaFrame, type MediaFrame } from "./frames";
import type { Ending, OpenTransport, Transport, TransportEvents, TransportSetup } from "./transport";

/** Samples a second on the line, both ways. */
const RATE = 16_000;
/** The line is asked for a sign of life after this long without one. */
const QUIET_MS = 8_000;
/** And is dead after this long without an answer. */
const PONG_MS = 5_000;
/** Bytes that may wait in a slow connection: two seconds. Older sound is worth nothing to a listener. */
const BACKLOG = RATE * 2 * 2;
/** What the server's reasons mean for the call; any other reason is a refusal. */
const ENDINGS: Record<string, Ending> = {
  RATE_LIMITED: "busy",
  SERVER_BUSY: "busy",
  NOT_READY: "busy",
  SESSION_ENDED: "over",
  // Mended by another try, which brings a new token.
  INVALID_TOKEN: "lost",
  SESSION_IDLE: "lost",
  INTERNAL_ERROR: "lost",
};
const TRY_AGAIN_LATER = 1013;

class MediaTransport implements Transport {
  private socket: WebSocket | undefined;
  private capture: AudioWorkletNode | undefined;
  private playback: AudioWorkletNode | undefined;
  private source: MediaStreamAudioSourceNode | undefined;
  private refusal: string | undefined;
  private ready = false;
  private muted = false;
  private over = false;
  private pulse: number | undefined;

  constructor(
    private readonly setup: TransportSetup,
    private readonly events: TransportEvents,
  ) {
    // The page's policy may keep the worklet out.
    this.begin().catch(() => this.end("blocked"));
  }

  microphone(stream: MediaStream): void {
    this.source?.disconnect();
    this.source = this.setup.context.createMediaStreamSource(stream);
    if (this.capture !== undefined) this.source.connect(this.capture);
  }

  mute(on: boolean): void {
    if (on !== this.muted) this.tell({ type: "mute", on });
    this.muted = on;
  }

  press(keys: string): void {
    this.tell({ type: "keys", keys });
  }

  speaker(): void {
    // The voice plays through the context, which has its loudspeaker already.
  }

  close(): void {
    if (this.over) return;
    this.tell({ type: "bye" });
    this.release();
  }

  private async begin(): Promise<void> {
    await this.setup.context.audioWorklet.addModule(this.setup.worklet);
    if (this.over) return;
    const socket = (this.socket = new WebSocket(this.setup.grant.url));
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.tell({ type: "hello", token: this.setup.grant.token, rate: RATE, encoding: "pcm16" });
    socket.onmessage = ({ data }: MessageEvent<ArrayBuffer | string>) => this.hear(data);
    socket.onclose = ({ code }) => this.end(this.endingOf(code));
    this.beat(QUIET_MS);
    this.wire();
  }

  private wire(): void {
    const { context, meter, microphone } = this.setup;
    const processorOptions = { rate: RATE };
    this.capture = new AudioWorkletNode(context, "parley-capture", { processorOptions, channelCount: 1, channelCountMode: "explicit" });
    this.capture.port.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => this.send(data);
    // A node that leads nowhere may be left standing still; what it puts out itself is silence.
    this.capture.connect(context.destination);
    this.playback = new AudioWorkletNode(context, "parley-playback", { processorOptions, numberOfInputs: 0, outputChannelCount: [1] });
    this.playback.connect(meter);
    this.playback.connect(context.destination);
    this.microphone(microphone);
  }

  private hear(data: ArrayBuffer | string): void {
    if (this.over) return;
    this.beat(QUIET_MS);
    if (typeof data !== "string") return this.playback?.port.postMessage(data, [data]);
    const frame = readMediaFrame(data);
    if (frame !== undefined) this.take(frame);
  }

  private take(frame: MediaFrame): void {
    switch (frame.type) {
      case "ready":
        this.ready = true;
        if (this.muted) this.tell({ type: "mute", on: true });
        return this.events.connected();
      case "clear":
        return this.playback?.port.postMessage("clear");
      case "caption":
        return this.events.caption(frame.caption);
      case "state":
        return this.events.state(frame.state);
      case "error":
        if (frame.fatal) this.refusal = frame.code;
        return;
      case "ended":
        return this.end("over");
      case "pong":
        return;
    }
  }

  private endingOf(code: number): Ending {
    if (this.refusal !== undefined) return ENDINGS[this.refusal] ?? "refused";
    return code === TRY_AGAIN_LATER ? "busy" : "lost";
  }

  private send(frame: ArrayBuffer): void {
    const { socket } = this;
    if (this.ready && socket?.readyState === WebSocket.OPEN && socket.bufferedAmount < BACKLOG) socket.send(frame);
  }

  private tell(frame: object): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  private beat(ms: number): void {
    window.clearTimeout(this.pulse);
    this.pulse = window.setTimeout(() => {
      if (ms === PONG_MS || this.socket?.readyState !== WebSocket.OPEN) return this.end("lost");
      this.tell({ type: "ping" });
      this.beat(PONG_MS);
    }, ms);
  }

  private end(ending: Ending): void {
    if (this.over) return;
    this.release();
    this.events.ended(ending);
  }

  private release(): void {
    this.over = true;
    window.clearTimeout(this.pulse);
    for (const node of [this.source, this.capture, this.playback]) node?.disconnect();
    this.socket?.close();
  }
}

export const open: OpenTransport = (setup, events) => new MediaTransport(setup, events);
