// The talk as plain data: what was said, what still waits to be confirmed, who is at work.
// Every function takes a talk and gives the next one; nothing here touches the page or the network.

import type { Button, Card, Message, Outgoing, Picture, ServerFrame, Source } from "./protocol";

export interface Line {
  /** Stable over confirmation, so that the view keeps the same element. */
  key: string;
  /** Place in the server's log; undefined until the server confirms it. */
  seq: number | undefined;
  role: "agent" | "visitor";
  text: string;
  buttons: Button[];
  cards: Card[];
  image: Picture | undefined;
  /** The visitor's own id of this line, when it was said here. */
  clientId: string | undefined;
  /** Sentences of one answer share it. */
  stream?: string | undefined;
  sources?: Source[];
  /** True when the server refused it. */
  refused: boolean;
}

export interface Talk {
  lines: Line[];
  outbox: Outgoing[];
  /** The last place in the log this side has seen; said at reconnecting. */
  lastSeq: number;
  /** The log's end at the last welcome: until lastSeq is there, lines are history and not news. */
  caughtUpAt: number;
  typing: boolean;
  ended: boolean;
  /** The agent's last words about the end, when it gave any. */
  farewell: string | undefined;
}

/** Lines kept in the page; older ones leave the view first. */
export const LINES_KEPT = 400;
/** What may wait unsent: enough for a tunnel, not for a flood. */
export const OUTBOX_LIMIT = 20;

export function emptyTalk(): Talk {
  return { lines: [], outbox: [], lastSeq: 0, caughtUpAt: 0, typing: false, ended: false, farewell: undefined };
}

/** The visitor says `text` (or presses `button`); undefined when there is no room or nothing to say. */
export function say(talk: Talk, clientId: string, text: string, button?: string): Talk | undefined {
  if (talk.ended || text.trim() === "" || talk.outbox.length >= OUTBOX_LIMIT) return undefined;
  const line: Line = {
    key: clientId,
    seq: undefined,
    role: "visitor",
    text,
    buttons: [],
    cards: [],
    image: undefined,
    clientId,
    refused: false,
  };
  return { ...talk, lines: [...talk.lines, line], outbox: [...talk.outbox, { clientId, text, button }] };
}

/** The talk after a frame from the server. The same frame twice changes nothing the second time. */
export function receive(talk: Talk, frame: ServerFrame): Talk {
  switch (frame.type) {
    case "welcome":
      return { ...talk, caughtUpAt: frame.seq, ended: frame.ended, typing: false };
    case "message":
      return receiveMessage(talk, frame);
    case "ack":
      return confirm(talk, frame.clientId, frame.seq);
    case "typing":
      return { ...talk, typing: frame.on && !talk.ended };
    case "ended":
      return {
        ...talk,
        ended: true,
        typing: false,
        outbox: [],
        farewell: frame.message,
        lastSeq: Math.max(talk.lastSeq, frame.seq),
      };
    case "error":
    case "caption":
    case "voice":
    case "pong":
      return talk;
  }
}

function receiveMessage(talk: Talk, message: Message): Talk {
  const lastSeq = Math.max(talk.lastSeq, message.seq);
  const typing = message.role === "agent" ? false : talk.typing;
  if (message.clientId !== undefined && talk.lines.some((line) => line.clientId === message.clientId)) {
    return { ...confirm(talk, message.clientId, message.seq), lastSeq, typing };
  }
  if (talk.lines.some((line) => line.seq === message.seq)) return { ...talk, lastSeq, typing };
  const { type: _, ...said } = message;
  const line: Line = { key: `s${said.seq}`, ...said, refused: false };
  return { ...talk, lines: ordered([...talk.lines, line]), lastSeq, typing };
}

/**
 * The server has it. An ack does not move `lastSeq`: an agent's line with a lower place may still be on its way,
 * and only lines that came may count as seen.
 */
function confirm(talk: Talk, clientId: string, seq: number): Talk {
  return {
    ...talk,
    outbox: talk.outbox.filter((item) => item.clientId !== clientId),
    lines: ordered(talk.lines.map((line) => (line.clientId === clientId ? { ...line, seq, refused: false } : line))),
  };
}

/** The server will not take this one: it leaves the outbox and stays in view, marked. */
export function refuse(talk: Talk, clientId: string): Talk {
  return {
    ...talk,
    outbox: talk.outbox.filter((item) => item.clientId !== clientId),
    lines: talk.lines.map((line) => (line.clientId === clientId ? { ...line, refused: true } : line)),
  };
}

/** By place in the log; what is not confirmed stays last, in the order it was said. */
function ordered(lines: Line[]): Line[] {
  const known = lines.filter((line) => line.seq !== undefined).sort((one, other) => (one.seq ?? 0) - (other.seq ?? 0));
  return [...known, ...lines.filter((line) => line.seq === undefined)].slice(-LINES_KEPT);
}

/** The lines as one reads them: sentences of one answer in one line, sources below what they are the sources of. */
export function folded(lines: Line[]): Line[] {
  const whole: Line[] = [];
  for (const line of lines) {
    const last = whole[whole.length - 1];
    const sources = line.sources ?? [];
    const goesOn = line.stream !== undefined && line.stream === last?.stream;
    const onlySources = line.text === "" && sources.length > 0;
    if (last?.role === "agent" && line.role === "agent" && (goesOn || onlySources)) {
      const text = [last.text, line.text].filter((part) => part !== "").join(" ");
      whole[whole.length - 1] = { ...last, text, sources: [...(last.sources ?? []), ...sources] };
    } else {
      whole.push(line);
    }
  }
  return whole;
}

/** The key of the line whose buttons may still be pressed: the agent's last, when nothing was said since. */
export function openChoice(talk: Talk): string | undefined {
  const last = talk.lines[talk.lines.length - 1];
  return !talk.ended && last !== undefined && last.role === "agent" && last.buttons.length > 0 ? last.key : undefined;
}

/** The visitor wants a refused line sent after all. */
export function sayAgain(talk: Talk, key: string): Talk {
  const line = talk.lines.find((one) => one.key === key && one.refused);
  if (line?.clientId === undefined || talk.ended) return talk;
  const item: Outgoing = { clientId: line.clientId, text: line.text, button: undefined };
  const lines = talk.lines.map((one) => (one === line ? { ...one, refused: false } : one));
  return { ...talk, lines, outbox: [...talk.outbox, item] };
}

/** A new session: its log starts anew. Words that never arrived go with it; pressed buttons belonged to the old one. */
export function carryOver(talk: Talk): Talk {
  const outbox = talk.outbox.filter((item) => item.button === undefined);
  const lines = talk.lines.filter((line) => outbox.some((item) => item.clientId === line.clientId));
  return { ...emptyTalk(), outbox, lines };
}

/** True while the server still repeats what was said before this page was loaded. */
export function catchingUp(talk: Talk): boolean {
  return talk.lastSeq < talk.caughtUpAt;
}
