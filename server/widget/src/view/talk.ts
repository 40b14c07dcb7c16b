// The talk in view: keeps one element per line, and the reader's place.

import { catchingUp, folded, openChoice, type Line } from "../store";
import { WORDS } from "../words";
import { button, element, glyph, GLYPHS, waveBars } from "./element";
import { LineView } from "./line";
import type { ViewActions, ViewState } from "./state";

/** Pixels from the end that still count as reading the newest words. */
const NEAR_END = 80;

export class TalkView {
  readonly root: HTMLElement;
  private readonly log: HTMLElement;
  private readonly preparing = waveBars("preparing");
  private readonly newest: HTMLButtonElement;
  private readonly shown = new Map<string, LineView>();
  private following = true;

  constructor(private readonly actions: ViewActions) {
    // Reachable by keyboard, so that arrow keys scroll it; polite, so that new words wait for a pause.
    this.log = element("div", "log", { role: "log", "aria-live": "polite", "aria-label": WORDS.log, tabindex: "0" });
    this.newest = button("newest", WORDS.newest, () => this.follow(), glyph(GLYPHS.down));
    this.log.append(this.preparing);
    this.root = element("div", "talk", {}, this.log, this.newest);
    this.log.addEventListener("scroll", () => this.look(), { passive: true });
  }

  render(state: ViewState): void {
    const { talk, link } = state;
    // What was said before is not news to a screen reader.
    this.log.setAttribute("aria-busy", String(catchingUp(talk)));
    if (state.locale !== undefined) this.log.lang = state.locale;
    const before = this.shown.size;
    const lines = folded(talk.lines);
    this.keepOnly(lines);
    const open = openChoice(talk);
    lines.forEach((line, at) => {
      const view = this.viewOf(line, state);
      const follower = lines[at + 1];
      view.update(line, line.key === open, follower?.role === "visitor" ? follower.text : undefined);
      const place = this.log.children[at];
      if (place !== view.root) this.log.insertBefore(view.root, place ?? this.preparing);
    });
    const starting = talk.lines.length === 0 && (link.phase === "asking" || link.phase === "opening");
    this.preparing.hidden = !(starting || (talk.typing && link.phase === "live"));
    const last = talk.lines[talk.lines.length - 1];
    if (this.shown.size > before && last?.role === "visitor") this.following = true;
    this.settle();
  }

  /** To the newest words, and stay with them. */
  follow(): void {
    this.following = true;
    this.settle();
  }

  focus(): void {
    this.log.focus();
  }

  private viewOf(line: Line, state: ViewState): LineView {
    const known = this.shown.get(line.key);
    if (known !== undefined) return known;
    const made = new LineView(line, state.name ?? WORDS.someone, state.origin, this.actions, () => this.settle());
    this.shown.set(line.key, made);
    return made;
  }

  private keepOnly(lines: Line[]): void {
    const keys = new Set(lines.map((line) => line.key));
    for (const [key, view] of this.shown) {
      if (keys.has(key)) continue;
      view.root.remove();
      this.shown.delete(key);
    }
  }

  private look(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.log;
    this.following = scrollHeight - scrollTop - clientHeight < NEAR_END;
    this.newest.hidden = this.following;
  }

  private settle(): void {
    if (this.following) this.log.scrollTop = this.log.scrollHeight;
    this.newest.hidden = this.following || this.log.scrollHeight <= this.log.clientHeight;
  }
}
