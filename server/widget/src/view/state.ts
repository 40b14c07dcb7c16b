// What the view is told, and what it may ask for.

import type { Config } from "../config";
import type { Link } from "../link";
import type { Talk } from "../store";

export interface ViewState {
  config: Config;
  talk: Talk;
  link: Link;
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

export interface ViewActions {
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
