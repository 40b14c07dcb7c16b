// The words beside the sound on the audio socket.

import { fields, string } from "../protocol";
import type { AgentState, Caption } from "./transport";

export type MediaFrame =
  | { type: "ready" }
  | { type: "clear" }
  | { type: "caption"; caption: Caption }
  | { type: "state"; state: AgentState }
  | { type: "error"; code: string; fatal: boolean }
  | { type: "ended" }
  | { type: "pong" };

const STATES: readonly string[] = ["listening", "thinking", "speaking"];

/** The frame in `data`, or undefined when it is none this side has a use for. */
export function readMediaFrame(data: string): MediaFrame | undefined {
  let from;
  try {
    from = fields(JSON.parse(data));
  } catch {
    return undefined;
  }
  const type = from["type"];
  switch (type) {
    case "caption": {
      const who = from["who"] === "caller" ? "caller" : "agent";
      return { type, caption: { who, text: string(from["text"]) ?? "", final: from["final"] === true } };
    }
    case "state":
      return STATES.includes(String(from["state"])) ? { type, state: from["state"] as AgentState } : undefined;
    case "error":
      return { type, code: string(from["code"]) ?? "", fatal: from["fatal"] === true };
    case "ready":
    case "clear":
    case "ended":
    case "pong":
      return { type };
    default:
      return undefined;
  }
}
