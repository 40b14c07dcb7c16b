// What the widget and the server say to each other. Frames are JSON text; what does not fit is dropped
// here, so that nothing behind this file meets a value of the wrong type.

import type { AgentState, Caption } from "./voice/transport";

export interface Button {
  id: string;
  label: string;
}

export interface Picture {
  url: string;
  alt: string;
}

export interface Card {
  title: string;
  text: string;
  image: Picture | undefined;
}

/** Where an answer came from. */
export interface Source {
  title: string;
  where: string;
  url: string;
}

/** A line of the talk as the server's log holds it; `seq` is its place there. */
export interface Message {
  type: "message";
  seq: number;
  role: "agent" | "visitor";
  text: string;
  buttons: Button[];
  cards: Card[];
  image: Picture | undefined;
  clientId: string | undefined;
  /** Sentences of one answer share it. */
  stream: string | undefined;
  sources: Source[];
}

export type ServerFrame =
  | { type: "welcome"; sessionId: string; ended: boolean; seq: number }
  | Message
  | { type: "ack"; clientId: string; seq: number }
  | { type: "typing"; on: boolean }
  | { type: "ended"; seq: number; message: string | undefined }
  | { type: "error"; code: string; message: string; fatal: boolean; clientId: string | undefined }
  | LineFrame
  | { type: "pong" };

/** What happens on the visitor's line, where the line itself carries only sound. */
export type LineFrame =
  | { type: "caption"; caption: Caption }
  | { type: "voice"; state: AgentState };

/** What a visitor said and the server has not yet confirmed. */
export interface Outgoing {
  clientId: string;
  text: string;
  /** The id of the pressed button, when it was a button. */
  button: string | undefined;
}

export function helloFrame(token: string, lastSeq: number): string {
  return JSON.stringify({ type: "hello", token, last_seq: lastSeq });
}

export function outgoingFrame(item: Outgoing): string {
  return JSON.stringify(
    item.button === undefined
      ? { type: "text", client_msg_id: item.clientId, text: item.text }
      : { type: "button", client_msg_id: item.clientId, button: item.button, label: item.text },
  );
}

/** What may be said of the agent on a line. */
const STATES: readonly string[] = ["listening", "thinking", "speaking"];

export type Fields = Record<string, unknown>;

export function fields(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

export function string(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function whole(value: unknown): number | undefined {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 ? value : undefined;
}

function list<T>(value: unknown, read: (item: Fields) => T | undefined): T[] {
  if (!Array.isArray(value)) return [];
  return value.map((item) => read(fields(item))).filter((item): item is T => item !== undefined);
}

function picture(from: Fields): Picture | undefined {
  const url = string(from["image"]);
  return url === undefined ? undefined : { url, alt: string(from["alt"]) ?? "" };
}

function button(from: Fields): Button | undefined {
  const id = string(from["id"]);
  return id === undefined ? undefined : { id, label: string(from["label"]) ?? id };
}

function card(from: Fields): Card | undefined {
  const [title, text] = [string(from["title"]) ?? "", string(from["text"]) ?? ""];
  const image = picture(from);
  return title === "" && text === "" && image === undefined ? undefined : { title, text, image };
}

function source(from: Fields): Source | undefined {
  const title = string(from["title"]);
  return title === undefined
    ? undefined
    : { title, where: string(from["where"]) ?? "", url: string(from["url"]) ?? "" };
}

function message(from: Fields): Message | undefined {
  const seq = whole(from["seq"]);
  if (seq === undefined) return undefined;
  return {
    type: "message",
    seq,
    role: from["role"] === "visitor" ? "visitor" : "agent",
    text: string(from["text"]) ?? "",
    buttons: list(from["buttons"], button),
    cards: list(from["cards"], card),
    image: picture(from),
    clientId: string(from["client_msg_id"]),
    stream: string(from["stream"]),
    sources: list(from["sources"], source),
  };
}

/** The frame in `data`, or undefined when it is none this widget knows (a newer server may send such). */
export function readFrame(data: unknown): ServerFrame | undefined {
  let from: Fields;
  try {
    from = fields(JSON.parse(String(data)));
  } catch {
    return undefined;
  }
  const seq = whole(from["seq"]) ?? 0;
  const clientId = string(from["client_msg_id"]);
  switch (from["type"]) {
    case "welcome":
      return { type: "welcome", sessionId: string(from["session_id"]) ?? "", ended: from["status"] === "ended", seq };
    case "message":
      return message(from);
    case "ack":
      return clientId === undefined ? undefined : { type: "ack", clientId, seq };
    case "typing":
      return { type: "typing", on: from["on"] === true };
    case "ended":
      return { type: "ended", seq, message: string(from["message"]) };
    case "error":
      return {
        type: "error",
        code: string(from["code"]) ?? "",
        message: string(from["message"]) ?? "",
        fatal: from["fatal"] === true,
        clientId,
      };
    case "caption": {
      const who = from["who"] === "caller" ? "caller" : "agent";
      return { type: "caption", caption: { who, text: string(from["text"]) ?? "", final: from["final"] === true } };
    }
    case "voice":
      return STATES.includes(String(from["state"])) ? { type: "voice", state: from["state"] as AgentState } : undefined;
    case "pong":
      return { type: "pong" };
    default:
      return undefined;
  }
}
