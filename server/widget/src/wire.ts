// Performs what `link.ts` decides: requests a session, holds the socket, waits, listens to the browser's network.

import { requestSession, type Answer, type Grant, type Identity } from "./api";
import { next, RESTING, type Command, type Link, type LinkEvent } from "./link";
import { helloFrame, readFrame, type ServerFrame } from "./protocol";

export interface WireOwner {
  /** Who asks for a session; without the kept one when `resume` is false. */
  identity(resume: boolean): Identity;
  granted(grant: Grant): void;
  lastSeq(): number;
  frame(frame: ServerFrame): void;
  /** The link changed: show it, and send what waits when it is live. */
  changed(link: Link): void;
}

const PING_EVERY_MS = 25_000;
/** Silence this long after a ping means the connection is dead, whatever the browser believes. */
const PONG_WITHIN_MS = 10_000;
const WELCOME_WITHIN_MS = 15_000;

export class Wire {
  link: Link = RESTING;
  /** What the server gave for the present session. */
  grant: Grant | undefined;
  private socket: WebSocket | undefined;
  private request: AbortController | undefined;
  private retry: number | undefined;
  private pulse: number | undefined;

  constructor(
    private readonly origin: string,
    private readonly owner: WireOwner,
    private readonly ending: AbortSignal,
  ) {
    const signal = ending;
    window.addEventListener("online", () => this.happen({ type: "online" }), { signal });
    window.addEventListener("offline", () => this.happen({ type: "offline" }), { signal });
    // A page brought back, from another tab or from the back button, should not sit out a retry.
    const back = (): void => {
      if (document.visibilityState === "visible" && this.link.phase === "waiting") this.happen({ type: "start" });
    };
    document.addEventListener("visibilitychange", back, { signal });
    window.addEventListener("pageshow", back, { signal });
    signal.addEventListener("abort", () => this.drop());
  }

  start(): void {
    this.happen({ type: "start" });
    if (navigator.onLine === false) this.happen({ type: "offline" });
  }

  restart(): void {
    this.drop();
    this.happen({ type: "restart" });
  }

  /** Sends a frame when the link is live; what cannot go now is sent again after the next welcome. */
  send(frame: string): boolean {
    if (this.link.phase !== "live" || this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(frame);
    return true;
  }

  /** Asks for a new token, beside whatever the socket does; undefined when there is none to be had. */
  async renew(signal: AbortSignal): Promise<Grant | undefined> {
    const answer = await requestSession(this.origin, this.owner.identity(true), signal);
    if (answer.type !== "granted" || answer.grant.sessionId !== this.grant?.sessionId) return undefined;
    return (this.grant = answer.grant);
  }

  private happen(event: LinkEvent): void {
    if (this.ending.aborted) return;
    const [link, commands] = next(this.link, event, Math.random());
    const changed = link !== this.link;
    this.link = link;
    if (link.phase !== "waiting") window.clearTimeout(this.retry);
    commands.forEach((command) => this.perform(command));
    if (changed) this.owner.changed(this.link);
  }

  private perform(command: Command): void {
    switch (command.do) {
      case "ask":
        void this.ask(command.resume);
        break;
      case "open":
        this.open();
        break;
      case "close":
        this.drop();
        break;
      case "wait":
        window.clearTimeout(this.retry);
        this.retry = window.setTimeout(() => this.happen({ type: "due" }), command.ms);
        break;
    }
  }

  private async ask(resume: boolean): Promise<void> {
    this.request?.abort();
    const request = (this.request = new AbortController());
    const answer: Answer = await requestSession(this.origin, this.owner.identity(resume), request.signal);
    if (this.request !== request || request.signal.aborted) return;
    if (answer.type === "granted") {
      this.grant = answer.grant;
      this.owner.granted(answer.grant);
    }
    this.happen(answer);
  }

  private open(): void {
    this.drop();
    const grant = this.grant;
    if (grant === undefined) return this.happen({ type: "closed", code: 1006 });
    let socket: WebSocket;
    try {
      socket = new WebSocket(grant.socket);
    } catch {
      // A page's security policy may forbid the socket outright.
      return this.happen({ type: "closed", code: 1006 });
    }
    this.socket = socket;
    this.expectWithin(WELCOME_WITHIN_MS);
    socket.onopen = () => socket.send(helloFrame(grant.token, this.owner.lastSeq()));
    socket.onmessage = (event) => this.hear(socket, event.data);
    socket.onclose = (event) => this.lost(socket, event.code);
  }

  private hear(socket: WebSocket, data: unknown): void {
    if (socket !== this.socket) return;
    const frame = readFrame(data);
    this.beat();
    if (frame === undefined) return;
    // The owner first: what it shows with the new state should already hold the frame.
    this.owner.frame(frame);
    if (frame.type === "welcome") this.happen({ type: "welcome", ended: frame.ended });
    else if (frame.type === "ended") this.happen({ type: "ended" });
    else if (frame.type === "error" && frame.fatal) this.happen({ type: "fatal", message: frame.message });
  }

  private lost(socket: WebSocket, code: number): void {
    if (socket !== this.socket) return;
    this.socket = undefined;
    window.clearTimeout(this.pulse);
    this.happen({ type: "closed", code });
  }

  /** Something was heard: ask again for a sign of life after a quiet while. */
  private beat(): void {
    window.clearTimeout(this.pulse);
    this.pulse = window.setTimeout(() => {
      if (this.socket?.readyState === WebSocket.OPEN) this.socket.send('{"type":"ping"}');
      this.expectWithin(PONG_WITHIN_MS);
    }, PING_EVERY_MS);
  }

  private expectWithin(ms: number): void {
    window.clearTimeout(this.pulse);
    this.pulse = window.setTimeout(() => {
      const socket = this.socket;
      if (socket === undefined) return;
      // close() alone may wait a minute for the other side's answer.
      socket.close();
      this.lost(socket, 1006);
    }, ms);
  }

  private drop(): void {
    window.clearTimeout(this.retry);
    window.clearTimeout(this.pulse);
    this.request?.abort();
    this.request = undefined;
    const socket = this.socket;
    this.socket = undefined;
    socket?.close();
  }
}
