// What stands on the page while the conversation is closed: the mark, and beside it the greeting, if there is one.

import { onCall } from "../voice/call";
import { VOICE_WORDS } from "../voice/words";
import { WORDS } from "../words";
import { button, element, glyph, GLYPHS, setText, waveBars } from "./element";
import type { ViewActions, ViewState } from "./state";

export class LauncherView {
  readonly root: HTMLElement;
  private readonly mark: HTMLButtonElement;
  private readonly greeting: HTMLElement;
  private readonly words: HTMLButtonElement;

  constructor(actions: ViewActions) {
    this.mark = button("mark", undefined, () => actions.open(), waveBars(""), element("span", "dot"));
    this.mark.setAttribute("aria-haspopup", "dialog");
    this.words = button("invite", undefined, () => actions.open());
    this.words.dir = "auto";
    const dismiss = button("dismiss", WORDS.dismiss, () => actions.dismissGreeting(), glyph(GLYPHS.cross));
    this.greeting = element("div", "greeting", {}, this.words, dismiss);
    this.root = element("div", "launcher", { role: "region" }, this.greeting, this.mark);
  }

  render(state: ViewState): void {
    const name = state.name ?? state.config.companyName ?? WORDS.someone;
    this.root.hidden = state.open;
    this.root.setAttribute("aria-label", WORDS.dialog(name));
    const calling = onCall(state.voice.call);
    const opens = calling ? VOICE_WORDS.onTheLineWith(name) : WORDS.open(name);
    this.mark.setAttribute("aria-label", state.unread ? `${opens}. ${WORDS.unread}` : opens);
    this.mark.classList.toggle("live", calling);
    this.mark.classList.toggle("unread", state.unread);
    this.greeting.hidden = !state.greet || state.config.greeting === undefined;
    setText(this.words, state.config.greeting ?? "");
  }

  focus(): void {
    this.mark.focus({ preventScroll: true });
  }
}
