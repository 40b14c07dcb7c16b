// What a call asks of whatever carries its sound, and what it is told. Two ways fulfil it: the audio socket and
// LiveKit; each comes in a file of its own, loaded when a visitor first talks.

export type AgentState = "listening" | "thinking" | "speaking";

/** Where to speak: the server's answer to the wish for a line. `url` is absolute. */
export interface VoiceGrant {
  way: "media" | "livekit";
  url: string;
  token: string;
}

/** The sentence being spoken; when `final` it will not change any more. */
export interface Caption {
  who: "caller" | "agent";
  text: string;
  final: boolean;
}

/** Why a line ended, when nobody here ended it. */
export type Ending =
  | "over" // the conversation has come to its end
  | "lost" // the connection went away: worth another try
  | "fell" // this way never connected: another may
  | "busy"
  | "refused"
  | "blocked"; // the page's policy keeps the code or the connection out

export interface TransportSetup {
  grant: VoiceGrant;
  /** Running: it was begun by a click. */
  context: AudioContext;
  /** Open, and for the transport to listen to, not to stop. */
  microphone: MediaStream;
  /** The agent's voice is to be fed into this, beside the loudspeaker. */
  meter: AudioNode;
  /** Absolute address of the worklet's script. */
  worklet: string;
}

export interface TransportEvents {
  /** Both sides can be heard from now on. */
  connected(): void;
  state(state: AgentState): void;
  caption(caption: Caption): void;
  /** Said once; nothing follows. */
  ended(ending: Ending): void;
}

export interface Transport {
  /** Another microphone. */
  microphone(stream: MediaStream): void;
  /** Whether the visitor's sound is kept back; silence goes out meanwhile. */
  mute(on: boolean): void;
  /** Telephone keys. */
  press(keys: string): void;
  /** Another loudspeaker, for who does not play through the context. */
  speaker(deviceId: string): void;
  /** Hangs up, and tells nobody here. */
  close(): void;
}

export type OpenTransport = (setup: TransportSetup, events: TransportEvents) => Transport;
