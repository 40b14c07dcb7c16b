// One agent on one page: joins what is said, the connection, the browser's memory and the view.

import type { Grant, Identity } from "./api";
import { merge, readSettings, type Config } from "./config";
import type { Link } from "./link";
import { Memory, randomId, shelf, type Kept, type Shelf } from "./memory";
import { outgoingFrame, type ServerFrame } from "./protocol";
import { carryOver, catchingUp, emptyTalk, receive, refuse, say, sayAgain, type Talk } from "./store";
import { MESSAGE_LIMIT } from "./view/foot";
import { RootView } from "./view/root";
import type { VoiceActions } from "./view/state";
import { Voice, type VoiceOwner } from "./voice/voice";
import { VOICE_WORDS } from "./voice/words";
import { Wire } from "./wire";
import { WORDS } from "./words";

/** An unconfirmed message is sent again after this long; the server knows it by its id. */
const CONFIRM_WITHIN_MS = 10_000;
const SLOW_DOWN_MS = 2_000;
const HINT_MS = 6_000;
/** Refusals that pass by themselves: the message stays and goes again. */
const PASSING = ["RATE_LIMITED", "SERVER_BUSY", "QUEUE_FULL", "TOO_MANY_MESSAGES"];

export class Widget {
  private readonly ending = new AbortController();
  private readonly memory: Memory;
  private readonly tab: Shelf | undefined = shelf("sessionStorage");
  private readonly wire: Wire;
  private readonly voice: Voice;
  private readonly view: RootView;
  private kept: Kept;
  private talk: Talk;
  private open = false;
  private greet: boolean;
  /** The last place in the log the visitor has had before the eyes. */
  private seen = 0;
  private hint: string | undefined;
  private hintTimer: number | undefined;
  private pumpTimer: number | undefined;

  constructor(
    private readonly origin: string,
    readonly agentId: string,
    private options: Partial<Config>,
  ) {
    this.memory = new Memory(shelf("localStorage"), origin, agentId);
    this.kept = this.memory.recall();
    this.talk = { ...emptyTalk(), lines: this.kept.lines, outbox: this.kept.outbox };
    this.wire = new Wire(origin, this, this.ending.signal);
    this.voice = new Voice(origin, this.voiceOwner(), this.ending.signal);
    this.view = new RootView(
      {
        open: () => this.show(),
        close: () => this.hide(),
        dismissGreeting: () => this.dismissGreeting(),
        send: (text) => this.say(text),
        press: (id, label) => this.say(label, id),
        sendAgain: (key) => this.sayAgain(key),
        start: () => this.wire.start(),
        restart: () => this.restart(),
        ...this.voiceActions(),
      },
      this.ending.signal,
    );
    const left = this.note("open");
    this.greet = left === undefined && this.note("greeted") === undefined && this.kept.sessionId === undefined;
    if (left === "yes" || (left === undefined && this.config.autoOpen)) this.show(false);
    else this.render();
  }

  get config(): Config {
    return merge(readSettings(this.kept.settings), this.options);
  }

  /** Takes new options from the page. */
  configure(options: Partial<Config>): void {
    this.options = { ...this.options, ...options };
    this.render();
  }

  /** Opens the conversation; `focus` is false when the page and not the visitor asked for it. */
  show(focus = true): void {
    if (!this.open) {
      this.open = true;
      this.greet = false;
      this.note("open", "yes");
      this.wire.start();
    }
    this.render();
    if (focus) this.view.focusPanel();
  }

  hide(): void {
    if (!this.open) return;
    this.open = false;
    this.note("open", "no");
    this.render();
    this.view.focusLauncher();
  }

  /** The visitor says something; false when it was not taken, and the view then says why. */
  say(text: string, button?: string): boolean {
    if (text.length > MESSAGE_LIMIT) return this.tell(WORDS.tooLong(MESSAGE_LIMIT));
    const next = say(this.talk, randomId(), text, button);
    if (next === undefined) return this.talk.ended ? false : this.tell(WORDS.outboxFull);
    this.talk = next;
    if (this.wire.link.phase === "idle" || this.wire.link.phase === "resting") this.wire.start();
    this.changedTalk();
    this.pump();
    return true;
  }

  /** Leaves the page. */
  end(): void {
    window.clearTimeout(this.hintTimer);
    window.clearTimeout(this.pumpTimer);
    this.ending.abort();
  }

  private voiceOwner(): VoiceOwner {
    return {
      grant: () => this.wire.grant,
      renew: (signal) => this.wire.renew(signal),
      pushToTalk: () => this.config.pushToTalk,
      changed: () => this.render(),
      over: () => void this.tell(VOICE_WORDS.over),
    };
  }

  private voiceActions(): VoiceActions {
    const { voice } = this;
    return {
      talk: () => voice.start(),
      write: () => voice.show(false),
      hangUp: () => voice.hangUp(),
      mute: () => voice.mute(!voice.state.muted),
      hold: (held) => voice.hold(held),
      keys: (keys) => voice.press(keys),
      useMicrophone: (id) => void voice.useMicrophone(id),
      useSpeaker: (id) => void voice.useSpeaker(id),
      level: () => voice.level(),
    };
  }

  // What the wire asks and reports.

  identity(resume: boolean): Identity {
    const { visitorId, sessionId, resumeSecret } = this.kept;
    const known = resume ? { sessionId, resumeSecret } : { sessionId: undefined, resumeSecret: undefined };
    return { agentId: this.agentId, visitorId, ...known };
  }

  granted(grant: Grant): void {
    const same = grant.sessionId === this.kept.sessionId;
    if (!same) this.talk = carryOver(this.talk);
    this.kept = {
      ...this.kept,
      sessionId: grant.sessionId,
      resumeSecret: grant.resumeSecret ?? (same ? this.kept.resumeSecret : undefined),
      agentName: grant.agentName,
      locale: grant.locale,
      settings: grant.settings,
    };
    this.changedTalk();
  }

  /** After a reload this is 0: the server repeats all, and what is shown already is recognised by its place. */
  lastSeq(): number {
    return this.talk.lastSeq;
  }

  frame(frame: ServerFrame): void {
    if (frame.type === "caption" || frame.type === "voice") return this.voice.beside(frame);
    const waiting = this.talk.outbox.length;
    if (frame.type === "error" && !frame.fatal) this.refused(frame.code, frame.message, frame.clientId);
    this.talk = receive(this.talk, frame);
    if (frame.type !== "pong") this.changedTalk();
    if (this.talk.outbox.length < waiting) this.pump();
    if (frame.type === "message" && !catchingUp(this.talk))
      this.voice.said(frame.role === "agent" ? "agent" : "caller", frame.text);
  }

  changed(link: Link): void {
    if (link.phase === "live") this.pump();
    // Who speaks is not away: the talk goes on listening.
    if (link.phase === "idle" && this.voice.active) this.wire.start();
    this.render();
  }

  /** One message at a time, so that the server's log has them in the order they were said. */
  private pump(): void {
    window.clearTimeout(this.pumpTimer);
    const first = this.talk.outbox[0];
    if (first === undefined || !this.wire.send(outgoingFrame(first))) return;
    this.pumpTimer = window.setTimeout(() => this.pump(), CONFIRM_WITHIN_MS);
  }

  private refused(code: string, message: string, clientId: string | undefined): void {
    if (PASSING.includes(code)) {
      this.tell(WORDS.slowDown);
      window.clearTimeout(this.pumpTimer);
      this.pumpTimer = window.setTimeout(() => this.pump(), SLOW_DOWN_MS);
      return;
    }
    const item = clientId ?? this.talk.outbox[0]?.clientId;
    if (item !== undefined) this.talk = refuse(this.talk, item);
    if (message !== "") this.tell(message);
  }

  private sayAgain(key: string): void {
    this.talk = sayAgain(this.talk, key);
    this.changedTalk();
    this.pump();
  }

  private restart(): void {
    this.voice.hangUp();
    this.talk = emptyTalk();
    this.seen = 0;
    this.kept = { ...this.kept, sessionId: undefined, resumeSecret: undefined };
    this.changedTalk();
    this.wire.restart();
  }

  private dismissGreeting(): void {
    this.greet = false;
    this.note("greeted", "yes");
    this.render();
    this.view.focusLauncher();
  }

  /** Shows a passing sentence. False, so that a refusal can say so and end in one line. */
  private tell(sentence: string): false {
    this.hint = sentence;
    window.clearTimeout(this.hintTimer);
    this.hintTimer = window.setTimeout(() => {
      this.hint = undefined;
      this.render();
    }, HINT_MS);
    this.render();
    return false;
  }

  private changedTalk(): void {
    this.kept = { ...this.kept, lines: this.talk.lines, outbox: this.talk.outbox };
    this.memory.keep(this.kept);
    this.render();
  }

  /** Remembers something about this tab, or tells what is remembered. */
  private note(what: string, value?: string): string | undefined {
    const key = `parley:${what}:${this.agentId}`;
    try {
      if (value !== undefined) this.tab?.setItem(key, value);
      return this.tab?.getItem(key) ?? undefined;
    } catch {
      return undefined;
    }
  }

  private render(): void {
    if (this.open || catchingUp(this.talk)) this.seen = this.talk.lastSeq;
    this.view.render({
      config: this.config,
      talk: this.talk,
      link: this.wire.link,
      voice: this.voice.state,
      name: this.kept.agentName,
      locale: this.kept.locale,
      origin: this.origin,
      open: this.open,
      unread: !this.open && this.talk.lastSeq > this.seen,
      greet: this.greet,
      hint: this.hint,
    });
  }
}
