// A call as a table of states: what to do when something happens to it. Pure, so that every bad ending can be
// walked in a test; `voice.ts` performs what it decides.

import { retryDelay } from "../link";
import type { Trouble } from "./words";

export type CallPhase =
  | "off"
  | "asking" // the browser asks the visitor for the microphone
  | "calling" // the server is asked for a line
  | "connecting" // the line is there, the agent's voice is not yet
  | "live"
  | "waiting" // lost; a retry is due
  | "failed"; // only a person can mend it

export interface Call {
  phase: CallPhase;
  /** Tries since the agent was last heard of. */
  attempt: number;
  everLive: boolean;
  /** LiveKit did not connect from here: from now on the audio socket. */
  mediaOnly: boolean;
  trouble: Trouble | undefined;
}

export type CallEvent =
  | { type: "start" }
  | { type: "allowed" }
  | { type: "trouble"; trouble: Trouble }
  | { type: "granted" }
  | { type: "refused"; status: number }
  | { type: "unreachable" }
  | { type: "fell" }
  | { type: "connected" }
  | { type: "lost" }
  | { type: "due" }
  | { type: "over" };

export type CallCommand = { do: "ask" } | { do: "call"; media: boolean } | { do: "connect" } | { do: "drop" } | { do: "close" } | { do: "wait"; ms: number };

export const OFF: Call = { phase: "off", attempt: 0, everLive: false, mediaOnly: false, trouble: undefined };

/** Tries in a row before a person is asked: more than half a minute. */
export const TRIES = 8;

/** The next state and what to do. `chance` is 0..1. */
export function next(call: Call, event: CallEvent, chance: number): [Call, CallCommand[]] {
  switch (event.type) {
    case "start":
      return call.phase === "off" || call.phase === "failed" ? [{ ...OFF, phase: "asking" }, [{ do: "ask" }]] : [call, []];
    case "allowed":
      return call.phase === "asking" ? dial(call) : [call, []];
    case "trouble":
      return call.phase === "off" ? [call, []] : fail(call, event.trouble);
    case "granted":
      return call.phase === "calling" ? [{ ...call, phase: "connecting" }, [{ do: "connect" }]] : [call, []];
    case "refused":
      return call.phase === "calling" ? refused(call, event.status, chance) : [call, []];
    case "unreachable":
      return call.phase === "calling" ? wait(call, chance) : [call, []];
    case "fell":
      return call.phase === "connecting" ? dial({ ...call, mediaOnly: true }) : lost(call, chance);
    case "connected":
      return call.phase === "connecting" ? [{ ...call, phase: "live", attempt: 0, everLive: true }, []] : [call, []];
    case "lost":
      return lost(call, chance);
    case "due":
      return call.phase === "waiting" ? dial(call) : [call, []];
    case "over":
      return call.phase === "off" ? [call, []] : [OFF, [{ do: "close" }]];
  }
}

function dial(call: Call): [Call, CallCommand[]] {
  return [{ ...call, phase: "calling" }, [{ do: "drop" }, { do: "call", media: call.mediaOnly }]];
}

function fail(call: Call, trouble: Trouble): [Call, CallCommand[]] {
  return [{ ...call, phase: "failed", trouble }, [{ do: "close" }]];
}

function lost(call: Call, chance: number): [Call, CallCommand[]] {
  return call.phase === "connecting" || call.phase === "live" ? wait(call, chance) : [call, []];
}

function wait(call: Call, chance: number): [Call, CallCommand[]] {
  if (call.attempt >= TRIES) return fail(call, "lost");
  const waiting: Call = { ...call, phase: "waiting", attempt: call.attempt + 1 };
  return [waiting, [{ do: "drop" }, { do: "wait", ms: retryDelay(call.attempt, chance) }]];
}

function refused(call: Call, status: number, chance: number): [Call, CallCommand[]] {
  const full = status === 429 || status === 503;
  // In the middle of a call a full house is worth a few tries: a line may be on its way back.
  if (full && !call.everLive) return fail(call, "busy");
  return full || status >= 500 ? wait(call, chance) : fail(call, "refused");
}

/** True while there is a microphone to be responsible for. */
export function onCall(call: Call): boolean {
  return call.phase !== "off" && call.phase !== "failed";
}
