// What the browser keeps between pages: who the visitor is, which talk was going on, its last lines.
// Storage may be full, forbidden or another widget's: then the widget simply remembers nothing.

import type { Line } from "./store";
import { fields, string, type Fields, type Outgoing } from "./protocol";

export interface Kept {
  visitorId: string;
  sessionId: string | undefined;
  resumeSecret: string | undefined;
  agentName: string | undefined;
  locale: string | undefined;
  settings: Fields;
  lines: Line[];
  outbox: Outgoing[];
}

const LINES = 100;

export interface Shelf {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** The browser's storage, or undefined where the page may not use it. */
export function shelf(kind: "localStorage" | "sessionStorage"): Shelf | undefined {
  try {
    return window[kind];
  } catch {
    return undefined;
  }
}

/** A random id of 128 bits, in hexadecimal. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Memory {
  private readonly key: string;

  constructor(
    private readonly storage: Shelf | undefined,
    origin: string,
    agentId: string,
  ) {
    this.key = `parley:${origin}:${agentId}`;
  }

  recall(): Kept {
    let from: Fields = {};
    try {
      from = fields(JSON.parse(this.storage?.getItem(this.key) ?? "{}"));
    } catch {
      // Unreadable or forbidden: as if nothing was kept.
    }
    const whole = from["v"] === 1;
    return {
      visitorId: string(from["visitorId"]) ?? randomId(),
      sessionId: string(from["sessionId"]),
      resumeSecret: string(from["resumeSecret"]),
      agentName: string(from["agentName"]),
      locale: string(from["locale"]),
      settings: fields(from["settings"]),
      lines: whole && Array.isArray(from["lines"]) ? (from["lines"] as Line[]) : [],
      outbox: whole && Array.isArray(from["outbox"]) ? (from["outbox"] as Outgoing[]) : [],
    };
  }

  keep(kept: Kept): void {
    try {
      this.storage?.setItem(this.key, JSON.stringify({ ...kept, lines: kept.lines.slice(-LINES), v: 1 }));
    } catch {
      // Full: the talk goes on, only a reload offline would not show it.
    }
  }
}
