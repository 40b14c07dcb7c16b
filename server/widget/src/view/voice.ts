// The call's screen: the wave, the sentence being spoken, three controls.

import { onCall } from "../voice/call";
import type { VoiceState } from "../voice/voice";
import { VOICE_WORDS } from "../voice/words";
import { DevicesView } from "./devices";
import { button, element, glyph, GLYPHS, setText } from "./element";
import type { ViewActions, ViewState } from "./state";
import { WaveView } from "./wave";

export class VoiceView {
  readonly root: HTMLElement;
  private readonly wave: WaveView;
  private readonly sentence = element("p", "spoken", { dir: "auto" });
  private readonly cue = element("p", "cue");
  /** For who does not see: words when they are final, and what changes about the call. */
  private readonly news = element("p", "aside", { "aria-live": "polite" });
  private readonly mend: HTMLElement;
  private readonly again: HTMLButtonElement;
  private readonly mute: HTMLButtonElement;
  private readonly hold: HTMLButtonElement;
  private readonly controls: HTMLElement;
  private readonly devices: DevicesView;
  private shown = false;
  private failed = false;
  private pushToTalk = false;

  constructor(private readonly actions: ViewActions) {
    this.wave = new WaveView(actions.level);
    this.again = button("pill", undefined, () => actions.talk(), VOICE_WORDS.tryAgain);
    const instead = button("again", undefined, () => actions.hangUp(), VOICE_WORDS.write);
    this.mend = element("div", "mend", {}, this.again, instead);
    const muteFace = [glyph(...GLYPHS.microphone), glyph(...GLYPHS.microphone, GLYPHS.struck)];
    this.mute = button("key mute", undefined, () => actions.mute(), ...muteFace);
    this.hold = button("key hold", VOICE_WORDS.hold, () => undefined, glyph(...GLYPHS.microphone));
    const end = button("key end", VOICE_WORDS.end, () => actions.hangUp(), glyph(GLYPHS.hangUp));
    const write = button("key write", VOICE_WORDS.write, () => actions.write(), glyph(GLYPHS.bubble));
    this.controls = element("div", "controls", { role: "group", "aria-label": VOICE_WORDS.screen }, this.mute, this.hold, end, write);
    this.devices = new DevicesView(actions);
    const heard = element("div", "heard", {}, this.sentence, this.cue, this.mend, this.news);
    this.root = element("div", "call", {}, this.wave.root, heard, this.controls, this.devices.root);
    this.listen();
  }

  render(state: ViewState): void {
    const { voice, config } = state;
    const { call } = voice;
    const failed = call.phase === "failed";
    this.pushToTalk = config.pushToTalk;
    this.shown = state.open && voice.shown;
    const turned = this.failed !== failed && this.root.matches(":focus-within");
    this.failed = failed;
    this.root.hidden = !voice.shown;
    this.root.classList.toggle("failed", failed);
    this.wave.run(this.shown && call.phase === "live");
    this.say(state, failed);
    this.mend.hidden = !failed;
    this.controls.hidden = failed;
    this.mute.hidden = config.pushToTalk;
    this.mute.setAttribute("aria-label", voice.muted ? VOICE_WORDS.unmute : VOICE_WORDS.mute);
    this.mute.classList.toggle("on", voice.muted);
    this.hold.hidden = !config.pushToTalk;
    this.hold.classList.toggle("on", voice.held);
    this.hold.setAttribute("aria-pressed", String(voice.held));
    this.controls.classList.toggle("holding", config.pushToTalk);
    this.devices.render(voice, onCall(call));
    // What had the focus is gone; its successor takes it.
    if (turned) this.focus();
    if (this.shown) this.keepFocus();
  }

  focus(): void {
    const first = !this.mend.hidden ? this.again : this.pushToTalk ? this.hold : this.mute;
    first.focus({ preventScroll: true });
  }

  /** What was pressed may be gone by what it did: the next thing to press takes its place. */
  private keepFocus(): void {
    const { activeElement } = this.root.getRootNode() as ShadowRoot;
    if (activeElement instanceof HTMLElement && activeElement.hidden && this.root.contains(activeElement)) this.focus();
  }

  private say({ voice, locale, config }: ViewState, failed: boolean): void {
    const { caption, call } = voice;
    const spoken = call.phase === "live" || call.phase === "waiting" ? caption : undefined;
    setText(this.sentence, spoken?.text ?? "");
    this.sentence.classList.toggle("caller", spoken?.who === "caller");
    this.sentence.classList.toggle("long", (spoken?.text.length ?? 0) > 140);
    if (locale !== undefined) this.sentence.lang = locale;
    const cue = cueOf(voice, config.pushToTalk);
    setText(this.cue, cue);
    // A trouble is said at once; words wait until they are whole, the agent's being heard already.
    this.news.setAttribute("aria-live", failed ? "assertive" : "polite");
    const news = spoken !== undefined && call.phase === "live" ? (spoken.final ? spoken.text : undefined) : cue;
    if (news !== undefined) setText(this.news, news);
  }

  private listen(): void {
    const { hold, root, actions } = this;
    const letGo = (): void => actions.hold(false);
    hold.addEventListener("pointerdown", (event) => {
      // The finger may wander off the button while somebody speaks.
      hold.setPointerCapture(event.pointerId);
      actions.hold(true);
    });
    for (const kind of ["pointerup", "pointercancel", "lostpointercapture", "blur", "contextmenu"]) {
      hold.addEventListener(kind, (event) => {
        if (kind === "contextmenu") event.preventDefault();
        else letGo();
      });
    }
    root.addEventListener("keydown", (event) => this.key(event));
    root.addEventListener("keyup", (event) => {
      if (event.key === " " || event.key === "Enter") letGo();
    });
  }

  private key(event: KeyboardEvent): void {
    const { target, key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || target instanceof HTMLSelectElement) return;
    const talks = this.pushToTalk && (key === " " ? !isOther(target, this.hold) : key === "Enter" && target === this.hold);
    if (talks) {
      event.preventDefault();
      if (!event.repeat) this.actions.hold(true);
    } else if (/^[0-9*#]$/.test(key) && !event.repeat) this.actions.keys(key);
    else if (key.toLowerCase() === "m" && !event.repeat && !this.mute.hidden) this.actions.mute();
  }
}

function isOther(target: EventTarget | null, hold: HTMLElement): boolean {
  return target instanceof HTMLButtonElement && target !== hold;
}

function cueOf({ call, muted, held, agent }: VoiceState, pushToTalk: boolean): string {
  switch (call.phase) {
    case "asking":
      return VOICE_WORDS.asking;
    case "calling":
    case "connecting":
      return call.everLive ? VOICE_WORDS.back : VOICE_WORDS.calling;
    case "waiting":
      return call.everLive ? VOICE_WORDS.back : VOICE_WORDS.calling;
    case "failed":
      return VOICE_WORDS.trouble[call.trouble ?? "refused"];
    case "off":
      return "";
    case "live":
      if (pushToTalk) return held ? VOICE_WORDS.held : VOICE_WORDS.holdHint;
      if (muted) return VOICE_WORDS.muted;
      return { speaking: VOICE_WORDS.cutIn, listening: VOICE_WORDS.listening, thinking: VOICE_WORDS.thinking }[agent];
  }
}
