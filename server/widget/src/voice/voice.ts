// Performs what `call.ts` decides: the microphone, the line, the retries; and keeps what the screen shows.

import { requestVoice, type Grant } from "../api";
import type { LineFrame } from "../protocol";
import { next, OFF, onCall, type Call, type CallCommand, type CallEvent } from "./call";
import { loadTransport, WORKLET } from "./files";
import { Meter } from "./meter";
import { devices, openMicrophone, type Device } from "./microphone";
import type { AgentState, Caption, Ending, Transport, TransportEvents, VoiceGrant } from "./transport";

export interface VoiceOwner {
  /** The session to speak in, when there is one. */
  grant(): Grant | undefined;
  /** The same with a new token. */
  renew(signal: AbortSignal): Promise<Grant | undefined>;
  pushToTalk(): boolean;
  /** Something to show. */
  changed(): void;
  /** The call has ended in good order, and not from here. */
  over(): void;
}

/** Everything the screen needs to know. */
export interface VoiceState {
  call: Call;
  /** The call's screen; otherwise the talk, with or without a call behind it. */
  shown: boolean;
  muted: boolean;
  /** Push to talk: the button is held. */
  held: boolean;
  caption: Caption | undefined;
  agent: AgentState;
  /** Ms since 1970 when the agent was first there. */
  since: number | undefined;
  microphones: Device[];
  microphone: string;
  speakers: Device[];
  speaker: string;
}

const QUIET: VoiceState = {
  call: OFF,
  shown: false,
  muted: false,
  held: false,
  caption: undefined,
  agent: "listening",
  since: undefined,
  microphones: [],
  microphone: "",
  speakers: [],
  speaker: "",
};

/** Not in every browser, nor in the types: https://webaudio.github.io/web-audio-api/#dom-audiocontext-setsinkid */
type Sinkable = AudioContext & { setSinkId?(id: string): Promise<void> };

export class Voice {
  state: VoiceState = QUIET;
  private context: Sinkable | undefined;
  private meter: Meter | undefined;
  private stream: MediaStream | undefined;
  private grant: VoiceGrant | undefined;
  private transport: Transport | undefined;
  private retry: number | undefined;
  private captioned = false;
  /** Aborted when a line is dropped: answers on their way to it are then nobody's. */
  private line = new AbortController();

  constructor(
    private readonly origin: string,
    private readonly owner: VoiceOwner,
    ending: AbortSignal,
  ) {
    ending.addEventListener("abort", () => this.close());
    navigator.mediaDevices?.addEventListener?.("devicechange", () => void this.look(), { signal: ending });
  }

  get active(): boolean {
    return onCall(this.state.call);
  }

  /** Begins a call, or shows the one there is. To be called by a click: browsers let only clicks make sound. */
  start(): void {
    this.show(true);
    if (this.active) return;
    this.context ??= new AudioContext({ latencyHint: "interactive" });
    void this.context.resume();
    this.happen({ type: "start" });
  }

  hangUp(): void {
    this.happen({ type: "over" });
    this.update({ shown: false });
  }

  show(shown: boolean): void {
    // Behind the talk there is a call or nothing: a failure is not kept there.
    if (!shown && !this.active) return this.hangUp();
    this.update({ shown });
  }

  mute(muted: boolean): void {
    this.update({ muted });
    this.openGate();
  }

  /** Push to talk: pressed, and let go. */
  hold(held: boolean): void {
    if (held === this.state.held || !this.owner.pushToTalk()) return;
    this.update({ held });
    this.openGate();
  }

  /** A line of the talk: the caption, where the way itself carries none. */
  said(who: Caption["who"], text: string): void {
    if (this.active && this.grant?.way === "livekit" && !this.captioned) this.update({ caption: { who, text, final: true } });
  }

  /** What the talk's socket tells of the line: a room carries sound, and not always words. */
  beside(frame: LineFrame): void {
    if (!this.active || this.grant?.way !== "livekit") return;
    if (frame.type === "voice") return this.update({ agent: frame.state });
    this.captioned = true;
    this.update({ caption: frame.caption });
  }

  press(keys: string): void {
    this.transport?.press(keys);
  }

  /** How loud it is, 0 to 1. */
  level(): number {
    return this.meter?.level() ?? 0;
  }

  async useMicrophone(id: string): Promise<void> {
    const stream = await openMicrophone(id);
    if (typeof stream === "string") return this.happen({ type: "trouble", trouble: stream });
    if (!this.active) return stop(stream);
    this.take(stream);
    this.transport?.microphone(stream);
    this.update({});
  }

  async useSpeaker(id: string): Promise<void> {
    // The default has no name in this interface.
    await this.context?.setSinkId?.(id === "default" ? "" : id).catch(() => undefined);
    this.transport?.speaker(id);
    this.update({ speaker: id });
  }

  private update(changes: Partial<VoiceState>): void {
    this.state = { ...this.state, ...changes };
    this.owner.changed();
  }

  private happen(event: CallEvent): void {
    const [call, commands] = next(this.state.call, event, Math.random());
    if (call.phase !== "waiting") window.clearTimeout(this.retry);
    const since = call.phase === "live" ? (this.state.since ?? Date.now()) : onCall(call) ? this.state.since : undefined;
    this.state = { ...this.state, call, since };
    commands.forEach((command) => this.perform(command));
    this.owner.changed();
  }

  private perform(command: CallCommand): void {
    switch (command.do) {
      case "ask":
        return void this.ask();
      case "call":
        return void this.call(command.media);
      case "connect":
        return void this.connect();
      case "drop":
        return this.drop();
      case "close":
        return this.close();
      case "wait":
        this.retry = window.setTimeout(() => this.happen({ type: "due" }), command.ms);
    }
  }

  private async ask(): Promise<void> {
    const stream = await openMicrophone(this.state.microphone === "" ? undefined : this.state.microphone);
    if (typeof stream === "string") return this.happen({ type: "trouble", trouble: stream });
    if (this.state.call.phase !== "asking") return stop(stream);
    this.take(stream);
    void this.look();
    this.happen({ type: "allowed" });
  }

  private async call(media: boolean): Promise<void> {
    const { signal } = this.line;
    const held = this.owner.grant() ?? (await this.owner.renew(signal));
    if (held === undefined) return signal.aborted ? undefined : this.happen({ type: "unreachable" });
    let answer = await requestVoice(this.origin, held, media, signal);
    if (answer.type === "refused" && answer.status === 401) {
      const renewed = await this.owner.renew(signal);
      if (renewed !== undefined) answer = await requestVoice(this.origin, renewed, media, signal);
    }
    if (signal.aborted) return;
    if (answer.type === "granted") this.grant = answer.grant;
    this.happen(answer);
  }

  private async connect(): Promise<void> {
    const { grant, context, stream, meter } = this;
    const { signal } = this.line;
    if (grant === undefined || context === undefined || stream === undefined || meter === undefined) return;
    const open = await loadTransport(this.origin, grant.way).catch(() => undefined);
    if (signal.aborted) return;
    if (open === undefined) return this.ended(grant.way === "livekit" ? "fell" : "blocked");
    const events = this.listener(signal);
    try {
      const worklet = this.origin + WORKLET;
      this.transport = open({ grant, context, microphone: stream, meter: meter.agent, worklet }, events);
    } catch {
      events.ended("blocked");
    }
  }

  private listener(signal: AbortSignal): TransportEvents {
    const here =
      <Told>(act: (told: Told) => void) =>
      (told: Told): void => {
        if (!signal.aborted) act(told);
      };
    return {
      connected: here<void>(() => {
        if (this.state.speaker !== "") this.transport?.speaker(this.state.speaker);
        this.happen({ type: "connected" });
        this.openGate();
      }),
      state: here((agent: AgentState) => this.update({ agent })),
      caption: here((caption: Caption) => {
        this.captioned = true;
        this.update({ caption });
      }),
      ended: here((ending: Ending) => this.ended(ending)),
    };
  }

  private ended(ending: Ending): void {
    switch (ending) {
      case "over":
        this.hangUp();
        return this.owner.over();
      case "busy":
        return this.happen(this.state.call.everLive ? { type: "lost" } : { type: "trouble", trouble: "busy" });
      case "lost":
      case "fell":
        return this.happen({ type: ending });
      default:
        return this.happen({ type: "trouble", trouble: ending });
    }
  }

  private take(stream: MediaStream): void {
    if (this.stream !== undefined) stop(this.stream);
    this.stream = stream;
    const [track] = stream.getAudioTracks();
    // Unplugged in the middle of it: whatever else there is.
    if (track !== undefined) track.onended = () => void this.useMicrophone("default");
    this.state = { ...this.state, microphone: track?.getSettings().deviceId ?? "" };
    if (this.context !== undefined) this.meter ??= new Meter(this.context);
    this.meter?.listen(stream);
    this.openGate();
  }

  /** Switched off at the source: while it is, nothing leaves the page but silence. */
  private openGate(): void {
    const open = this.owner.pushToTalk() ? this.state.held : !this.state.muted;
    for (const track of this.stream?.getAudioTracks() ?? []) track.enabled = open;
    this.transport?.mute(!open);
  }

  private async look(): Promise<void> {
    if (!this.active) return;
    const [microphones, speakers] = [await devices("audioinput"), await devices("audiooutput")];
    this.update({ microphones, speakers: this.context?.setSinkId === undefined ? [] : speakers });
  }

  private drop(): void {
    this.line.abort();
    this.line = new AbortController();
    this.transport?.close();
    this.transport = undefined;
    this.captioned = false;
  }

  private close(): void {
    this.drop();
    window.clearTimeout(this.retry);
    if (this.stream !== undefined) stop(this.stream);
    void this.context?.close();
    this.stream = this.meter = this.context = undefined;
    const { call, shown, microphone, speaker } = this.state;
    this.state = { ...QUIET, call, shown, microphone, speaker };
  }
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) {
    track.onended = null;
    track.stop();
  }
}
