// The panel's foot: the field and its arrow, or, when something is to be said about the connection, a sentence.

import { standing, type Standing } from "../link";
import { WORDS } from "../words";
import { onCall } from "../voice/call";
import { VOICE_WORDS } from "../voice/words";
import { button, element, glyph, GLYPHS, setText, waveBars } from "./element";
import type { ViewActions, ViewState } from "./state";

/** The server's limit for one message, in characters. */
export const MESSAGE_LIMIT = 4000;

export class FootView {
  readonly root: HTMLElement;
  private readonly status: HTMLElement;
  private readonly sentence = element("p", "");
  private readonly mend: HTMLButtonElement;
  private readonly form: HTMLFormElement;
  private readonly field: HTMLTextAreaElement;
  private readonly send: HTMLButtonElement;
  private readonly talk: HTMLButtonElement;
  private readonly faces = { begin: glyph(...GLYPHS.microphone), back: waveBars("") };
  private voice = false;
  private readonly poweredBy = element("p", "powered", {}, WORDS.poweredBy);
  private standing: Standing | undefined;

  constructor(private readonly actions: ViewActions) {
    this.mend = button("pill", undefined, () => this.act());
    this.status = element("div", "status", { role: "status" }, this.sentence, this.mend);
    this.field = element("textarea", "field", {
      rows: "1",
      "aria-label": WORDS.field,
      maxlength: String(MESSAGE_LIMIT),
      autocomplete: "off",
      enterkeyhint: "send",
      dir: "auto",
    });
    this.send = element("button", "round", { type: "submit", "aria-label": WORDS.send }, glyph(GLYPHS.send));
    // Takes the arrow's place while the field is empty.
    this.talk = button("round", VOICE_WORDS.talk, () => this.actions.talk());
    this.form = element("form", "say", {}, this.field, this.talk, this.send);
    this.root = element("div", "foot", {}, this.status, this.form, this.poweredBy);
    this.listen();
  }

  render(state: ViewState): void {
    this.standing = standing(state.link);
    const { standing: now } = this;
    setText(this.sentence, state.hint ?? now?.text ?? "");
    setText(this.mend, now?.label ?? "");
    const over = state.link.phase === "over";
    this.mend.hidden = now?.action === undefined;
    this.status.hidden = now === undefined && state.hint === undefined;
    this.status.classList.toggle("bad", now?.tone === "bad");
    this.status.classList.toggle("over", over);
    this.form.hidden = over;
    this.offerVoice(state, over);
    this.field.placeholder = state.config.placeholder ?? (this.voice ? VOICE_WORDS.placeholder : WORDS.placeholder);
    this.poweredBy.hidden = !state.config.showPoweredBy;
  }

  /** True when there was a field to focus. */
  focus(): boolean {
    (this.form.hidden ? this.mend : this.field).focus({ preventScroll: true });
    return true;
  }

  private offerVoice({ config, link, voice }: ViewState, over: boolean): void {
    const calling = onCall(voice.call);
    this.voice = calling || (config.voiceEnabled && link.phase === "live" && !over);
    this.talk.setAttribute("aria-label", calling ? VOICE_WORDS.backToCall : VOICE_WORDS.talk);
    const face = calling ? this.faces.back : this.faces.begin;
    if (this.talk.firstChild !== face) this.talk.replaceChildren(face);
    this.swap();
  }

  private swap(): void {
    this.talk.hidden = !this.voice || this.field.value.trim() !== "";
    this.send.hidden = !this.talk.hidden;
  }

  private act(): void {
    if (this.standing?.action === "restart") this.actions.restart();
    else this.actions.start();
    this.focus();
  }

  private listen(): void {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.field.addEventListener("keydown", (event) => {
      // While an input method composes, Enter belongs to it.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.submit();
    });
    this.field.addEventListener("input", () => this.fit());
  }

  private submit(): void {
    const text = this.field.value.trim();
    if (text === "" || !this.actions.send(text)) return;
    this.field.value = "";
    this.fit();
  }

  /** As high as its words, to the limit the style sets. */
  private fit(): void {
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight}px`;
    this.swap();
  }
}
