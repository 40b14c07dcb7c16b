// The connection as a table of states: what to do when something happens to it. Pure, so that every path of a
// bad network can be walked in a test; `wire.ts` performs what it decides.

import { WORDS } from "./words";

export type Phase =
  | "resting" // nobody has opened the widget
  | "asking" // asking the server for a session
  | "opening" // the socket is opening, or its hello is unanswered
  | "live"
  | "waiting" // a retry is due
  | "offline" // the browser has no network
  | "idle" // the server paused a quiet talk
  | "failed" // only a person can mend it
  | "over"; // the talk has ended

export interface Link {
  phase: Phase;
  /** Tries since the last welcome. */
  attempt: number;
  /** True while the kept token is worth a try; otherwise the next try asks for a session. */
  tokenGood: boolean;
  /** True when the next request must not name the kept session. */
  fresh: boolean;
  /** Was there ever a welcome on this page? It makes "connecting" into "reconnecting". */
  everLive: boolean;
  /** What to tell the visitor, when the phase alone does not say it. */
  notice: string | undefined;
}

export type LinkEvent =
  | { type: "start" } // opened, tapped, "Try again", page shown again
  | { type: "restart" } // "Start again"
  | { type: "granted" }
  | { type: "refused"; status: number; code: string; message: string; retryAfterMs: number | undefined }
  | { type: "unreachable" }
  | { type: "welcome"; ended: boolean }
  | { type: "ended" }
  | { type: "fatal"; message: string }
  | { type: "closed"; code: number }
  | { type: "due" }
  | { type: "offline" }
  | { type: "online" };

export type Command = { do: "ask"; resume: boolean } | { do: "open" } | { do: "close" } | { do: "wait"; ms: number };

export const RETRY_MIN_MS = 500;
export const RETRY_MAX_MS = 10_000;
/** From this many tries in a row on, the visitor is offered a button and not only a promise. */
const PATIENCE = 4;

/** Close codes: the registered ones below 4000, the server's own from there on (RFC 6455, section 7.4.2). */
export const CLOSE = { lost: 1006, failed: 1011, restarting: 1012, busy: 1013, tokenExpired: 4401, originRefused: 4403, sessionGone: 4404, idle: 4408 } as const;

export const RESTING: Link = {
  phase: "resting",
  attempt: 0,
  tokenGood: false,
  fresh: false,
  everLive: false,
  notice: undefined,
};

/** Milliseconds to the next try: doubling, capped, spread by `chance` (0..1) so that a crowd does not return at once. */
export function retryDelay(attempt: number, chance: number): number {
  const ceiling = Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** Math.min(attempt, 10));
  return Math.round(Math.max(RETRY_MIN_MS, ceiling * (0.5 + 0.5 * chance)));
}

/** The next state and what to do. `chance` is 0..1. */
export function next(link: Link, event: LinkEvent, chance: number): [Link, Command[]] {
  switch (event.type) {
    case "start":
      return ["resting", "waiting", "offline", "idle", "failed"].includes(link.phase) ? attempt(link) : [link, []];
    case "restart":
      return attempt({ ...link, tokenGood: false, fresh: true, attempt: 0 });
    case "due":
      return link.phase === "waiting" ? attempt(link) : [link, []];
    case "online":
      return link.phase === "offline" || link.phase === "waiting" ? attempt({ ...link, attempt: 0 }) : [link, []];
    case "offline":
      return link.phase === "asking" || link.phase === "opening" || link.phase === "live" || link.phase === "waiting"
        ? [{ ...link, phase: "offline", notice: undefined }, [{ do: "close" }]]
        : [link, []];
    case "granted":
      return link.phase === "asking"
        ? [{ ...link, phase: "opening", tokenGood: true, fresh: false }, [{ do: "open" }]]
        : [link, []];
    case "refused":
      return link.phase === "asking" ? refused(link, event, chance) : [link, []];
    case "unreachable":
      return link.phase === "asking" ? wait(link, chance) : [link, []];
    case "welcome":
      return link.phase === "opening"
        ? [{ ...link, phase: event.ended ? "over" : "live", attempt: 0, everLive: true, notice: undefined }, []]
        : [link, []];
    case "ended":
      return [{ ...link, phase: "over", notice: undefined }, []];
    case "fatal":
      return [{ ...link, notice: event.message === "" ? WORDS.refused : event.message }, []];
    case "closed":
      return link.phase === "opening" || link.phase === "live" ? closed(link, event.code, chance) : [link, []];
  }
}

function attempt(link: Link): [Link, Command[]] {
  return link.tokenGood
    ? [{ ...link, phase: "opening", notice: undefined }, [{ do: "open" }]]
    : [{ ...link, phase: "asking", notice: undefined }, [{ do: "ask", resume: !link.fresh }]];
}

function wait(link: Link, chance: number, notice?: string, atLeastMs = 0): [Link, Command[]] {
  const ms = Math.max(retryDelay(link.attempt, chance), atLeastMs);
  return [{ ...link, phase: "waiting", attempt: link.attempt + 1, notice }, [{ do: "wait", ms }]];
}

function fail(link: Link, notice: string): [Link, Command[]] {
  return [{ ...link, phase: "failed", tokenGood: false, notice }, []];
}

function refused(link: Link, event: Extract<LinkEvent, { type: "refused" }>, chance: number): [Link, Command[]] {
  if (event.code === "ORIGIN_NOT_ALLOWED") return fail(link, WORDS.originRefused);
  if (event.code === "AGENT_NOT_FOUND") return fail(link, WORDS.agentUnknown);
  if (event.status === 429) return wait(link, chance, WORDS.slowDown, event.retryAfterMs);
  if (event.status === 503) return wait(link, chance, WORDS.busy, event.retryAfterMs);
  if (event.status >= 500) return wait(link, chance);
  // The kept session may be what the server does not like: once without it, before bothering a person.
  if (!link.fresh) return attempt({ ...link, fresh: true, tokenGood: false });
  return fail(link, event.message === "" ? WORDS.refused : event.message);
}

function closed(link: Link, code: number, chance: number): [Link, Command[]] {
  switch (code) {
    case CLOSE.tokenExpired:
      // Straight to a new token; when even a new one is called expired, no faster than the retries allow.
      return link.phase === "live" ? attempt({ ...link, tokenGood: false }) : wait({ ...link, tokenGood: false }, chance);
    case CLOSE.originRefused:
      return fail(link, WORDS.originRefused);
    case CLOSE.sessionGone:
      return wait({ ...link, tokenGood: false, fresh: true }, chance);
    case CLOSE.idle:
      return [{ ...link, phase: "idle", notice: undefined }, []];
    case CLOSE.busy:
      return wait(link, chance, WORDS.busy, 2 * RETRY_MIN_MS);
    default: {
      const passing: number[] = [CLOSE.lost, CLOSE.failed, CLOSE.restarting];
      if (link.notice !== undefined && !passing.includes(code)) return fail(link, link.notice);
      // A browser does not say why a socket would not open; the request for a session would, so ask that next.
      return wait({ ...link, tokenGood: link.tokenGood && link.phase === "live" }, chance);
    }
  }
}

/** What the link means to a visitor: a sentence, and the button that mends it. */
export interface Standing {
  text: string;
  action: "start" | "restart" | undefined;
  label: string;
  tone: "quiet" | "bad";
}

/** The sentence for a link, or undefined when all is well. */
export function standing(link: Link): Standing | undefined {
  const retry = { action: "start", label: WORDS.tryAgain } as const;
  switch (link.phase) {
    case "offline":
      return { text: WORDS.offline, action: undefined, label: "", tone: "quiet" };
    case "failed":
      return { text: link.notice ?? WORDS.refused, ...retry, tone: "bad" };
    case "idle":
      return { text: WORDS.idle, action: "start", label: WORDS.goOn, tone: "quiet" };
    case "over":
      return { text: WORDS.ended, action: "restart", label: WORDS.startAgain, tone: "quiet" };
    case "waiting":
    case "asking":
    case "opening":
      if (link.notice !== undefined) return { text: link.notice, action: undefined, label: "", tone: "quiet" };
      if (link.attempt >= PATIENCE) return { text: WORDS.stillTrying, ...retry, tone: "bad" };
      return link.everLive || link.attempt > 0
        ? { text: WORDS.reconnecting, action: undefined, label: "", tone: "quiet" }
        : undefined;
    default:
      return undefined;
  }
}
