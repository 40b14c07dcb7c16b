// What the view is told, and what it may ask for.

import type { Config } from "../config";
import type { Link } from "../link";
import type { Talk } from "../store";
import type { VoiceState } from "../voice/voice";

export interface ViewState {
  config: Config;
  talk: Talk;
  link: Link;
  voice: VoiceState;
  /** The agent's or the company's name; undefined until anybody said one. */
  name: string | undefined;
  locale: string | undefined;
  /** The server's origin: pictures may come from there, and from https. */
  origin: string;
  open: boolean;
  unread: boolean;
  greet: boolean;
  /** A passing sentence ("That was a little fast."). */
  hint: string | undefined;
}

export interface ViewActions extends VoiceActions {
  open(): void;
  close(): void;
  dismissGreeting(): void;
  /** False when it was not taken; the field then keeps it. */
  send(text: string): boolean;
  press(buttonId: string, label: string): void;
  sendAgain(key: string): void;
  start(): void;
  restart(): void;
}

export interface VoiceActions {
  /** Begins a call, or goes back to its screen. */
  talk(): void;
  /** From the call's screen to the talk; the call goes on. */
  write(): void;
  hangUp(): void;
  /** Switches the microphone off, or on again. */
  mute(): void;
  /** Push to talk: pressed, or let go. */
  hold(held: boolean): void;
  /** Telephone keys. */
  keys(keys: string): void;
  useMicrophone(id: string): void;
  useSpeaker(id: string): void;
  /** How loud it is, 0 to 1. */
  level(): number;
}
