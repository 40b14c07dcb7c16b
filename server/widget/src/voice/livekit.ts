// A LiveKit room. Echo, loss and jitter are WebRTC's business here.

import {
  DisconnectReason,
  LocalAudioTrack,
  Room,
  RoomEvent,
  setLogLevel,
  Track,
  type LocalTrack,
  type Participant,
  type RemoteTrack,
  type TextStreamReader,
} from "livekit-client";
import type { AgentState, Ending, OpenTransport, Transport, TransportEvents, TransportSetup } from "./transport";

/** Until the room is joined; a network that lets no sound through shows by this. */
const JOIN_WITHIN_MS = 5_000;
/** Until the agent is heard of in the room. */
const AGENT_WITHIN_MS = 15_000;
const CAPTIONS = "lk.transcription";
/** Whose track the words were heard on. */
const TRACK = "lk.transcribed_track_id";
const SEGMENT_FINAL = "lk.transcription_final";
const AGENT_STATE = "lk.agent.state";
const STATES: readonly string[] = ["listening", "thinking", "speaking"];
/** RFC 4733 event numbers. */
const KEYS = "0123456789*#";

class LiveKitTransport implements Transport {
  private readonly room = new Room({ disconnectOnPageLeave: true });
  private readonly elements = new Map<RemoteTrack, HTMLMediaElement>();
  private readonly sources = new Map<RemoteTrack, MediaStreamAudioSourceNode>();
  private readonly timer: number;
  private track: LocalAudioTrack | undefined;
  private sink: string | undefined;
  private there = false;
  private over = false;

  constructor(
    private readonly setup: TransportSetup,
    private readonly events: TransportEvents,
  ) {
    setLogLevel("silent");
    this.timer = window.setTimeout(() => {
      if (!this.there) this.end("fell");
    }, JOIN_WITHIN_MS + AGENT_WITHIN_MS);
    this.listen();
    void this.join();
  }

  microphone(stream: MediaStream): void {
    const [next] = stream.getAudioTracks();
    if (next !== undefined) void this.track?.replaceTrack(next, true);
  }

  mute(): void {
    // The microphone sends silence: an agent hears the end of a sentence by it. A muted track would send nothing.
  }

  press(keys: string): void {
    for (const key of keys) if (KEYS.includes(key)) void this.room.localParticipant.publishDtmf(KEYS.indexOf(key), key);
  }

  speaker(deviceId: string): void {
    this.sink = deviceId;
    for (const element of this.elements.values()) void element.setSinkId?.(deviceId).catch(() => undefined);
  }

  close(): void {
    if (!this.over) this.release();
  }

  private async join(): Promise<void> {
    const { url, token } = this.setup.grant;
    const late = window.setTimeout(() => this.end("fell"), JOIN_WITHIN_MS);
    try {
      await this.room.connect(url, token, { maxRetries: 1, peerConnectionTimeout: JOIN_WITHIN_MS, websocketTimeout: JOIN_WITHIN_MS });
      if (this.over) return;
      const [microphone] = this.setup.microphone.getAudioTracks();
      this.track = new LocalAudioTrack(microphone as MediaStreamTrack, undefined, true);
      await this.room.localParticipant.publishTrack(this.track as LocalTrack, { source: Track.Source.Microphone });
    } catch {
      this.end("fell");
    } finally {
      window.clearTimeout(late);
    }
  }

  private listen(): void {
    const { room, events } = this;
    room.on(RoomEvent.TrackSubscribed, (track) => this.play(track));
    room.on(RoomEvent.TrackUnsubscribed, (track) => this.silence(track));
    room.on(RoomEvent.ParticipantAttributesChanged, (changed, who) => {
      const state = changed[AGENT_STATE];
      if (who !== room.localParticipant && state !== undefined && STATES.includes(state)) events.state(state as AgentState);
    });
    room.on(RoomEvent.Disconnected, (reason) => this.end(endingOf(reason)));
    room.registerTextStreamHandler(CAPTIONS, (reader, { identity }) => void this.caption(reader, identity));
  }

  /** The agent's words come piece by piece in step with the sound; the caller's as a whole, anew each time. */
  private async caption(reader: TextStreamReader, identity: string): Promise<void> {
    const attributes = reader.info.attributes ?? {};
    const own = identity === this.room.localParticipant.identity || (attributes[TRACK] ?? "") === this.track?.sid;
    const who = own ? "caller" : "agent";
    let text = "";
    try {
      for await (const piece of reader) {
        text += piece;
        if (!this.over) this.events.caption({ who, text, final: false });
      }
    } catch {
      // Cut off with the connection.
    }
    const final = who === "agent" || attributes[SEGMENT_FINAL] !== "false";
    if (!this.over && text !== "") this.events.caption({ who, text, final });
  }

  private play(track: RemoteTrack): void {
    if (track.kind !== Track.Kind.Audio) return;
    const element = track.attach();
    this.elements.set(track, element);
    if (this.sink !== undefined) void element.setSinkId?.(this.sink).catch(() => undefined);
    void element.play().catch(() => undefined);
    const source = this.setup.context.createMediaStreamSource(new MediaStream([track.mediaStreamTrack]));
    source.connect(this.setup.meter);
    this.sources.set(track, source);
    if (this.there) return;
    this.there = true;
    this.events.connected();
    const state = stateOf(this.room.remoteParticipants.values());
    if (state !== undefined) this.events.state(state);
  }

  private silence(track: RemoteTrack): void {
    track.detach();
    this.elements.delete(track);
    this.sources.get(track)?.disconnect();
    this.sources.delete(track);
  }

  private end(ending: Ending): void {
    if (this.over) return;
    this.release();
    this.events.ended(ending);
  }

  private release(): void {
    this.over = true;
    window.clearTimeout(this.timer);
    for (const track of [...this.elements.keys()]) this.silence(track);
    // The microphone is not this file's to stop.
    void this.room.disconnect(false);
  }
}

function stateOf(participants: Iterable<Participant>): AgentState | undefined {
  for (const { attributes } of participants) {
    const state = attributes[AGENT_STATE];
    if (state !== undefined && STATES.includes(state)) return state as AgentState;
  }
  return undefined;
}

function endingOf(reason: DisconnectReason | undefined): Ending {
  switch (reason) {
    case DisconnectReason.ROOM_DELETED:
    case DisconnectReason.PARTICIPANT_REMOVED:
    case DisconnectReason.ROOM_CLOSED:
    case DisconnectReason.DUPLICATE_IDENTITY:
      return "over";
    case DisconnectReason.JOIN_FAILURE:
      return "fell";
    default:
      return "lost";
  }
}

export const open: OpenTransport = (setup, events) => new LiveKitTransport(setup, events);
