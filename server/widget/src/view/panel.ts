// The open conversation: header, talk, foot; its keyboard and its place on a phone's screen.

import type { Link } from "../link";
import { safeAddress } from "../text";
import { onCall } from "../voice/call";
import type { VoiceState } from "../voice/voice";
import { VOICE_WORDS } from "../voice/words";
import { WORDS } from "../words";
import { button, element, glyph, GLYPHS, setText, waveBars } from "./element";
import { FootView } from "./foot";
import type { ViewActions, ViewState } from "./state";
import { TalkView } from "./talk";
import { VoiceView } from "./voice";

export class PanelView {
  readonly root: HTMLElement;
  private readonly name = element("h2", "name");
  private readonly mood = element("p", "mood");
  private readonly logo = element("span", "logo");
  private readonly talk: TalkView;
  private readonly foot: FootView;
  private readonly voice: VoiceView;
  private voiceShown = false;
  private clock: number | undefined;
  private logoShown: string | undefined;

  constructor(
    private readonly actions: ViewActions,
    ending: AbortSignal,
  ) {
    this.talk = new TalkView(actions);
    this.foot = new FootView(actions);
    this.voice = new VoiceView(actions);
    this.logo.append(waveBars(""));
    const close = button("close", WORDS.close, () => actions.close(), glyph(GLYPHS.down));
    const header = element("div", "top", {}, this.logo, element("div", "who", {}, this.name, this.mood), close);
    this.root = element("section", "panel", { role: "dialog", tabindex: "-1" }, header, this.talk.root, this.foot.root, this.voice.root);
    this.listen(ending);
  }

  render(state: ViewState): void {
    this.root.hidden = !state.open;
    const name = state.name ?? state.config.companyName ?? "";
    this.root.setAttribute("aria-label", WORDS.dialog(name === "" ? WORDS.someone : name));
    setText(this.name, name === "" ? WORDS.welcome : name);
    this.tell(state);
    this.showLogo(state);
    this.foot.render(state);
    this.talk.root.hidden = this.foot.root.hidden = state.voice.shown;
    if (state.open && !state.voice.shown) this.talk.render(state);
    this.voice.render(state);
    this.turn(state);
  }

  /** Into the field where there is a real keyboard; elsewhere it would throw one up over the words. */
  focus(): void {
    if (this.voiceShown) this.voice.focus();
    else if (window.matchMedia("(pointer: coarse)").matches) this.root.focus({ preventScroll: true });
    else this.foot.focus();
  }

  follow(): void {
    this.talk.follow();
  }

  /** The line under the name; while a call goes on it counts the time. */
  private tell(state: ViewState): void {
    window.clearInterval(this.clock);
    const show = (): void => setText(this.mood, mood(state));
    if (state.open && onCall(state.voice.call)) this.clock = window.setInterval(show, 500);
    show();
  }

  /** From the talk to the call's screen and back: the focus comes along, if it was here. */
  private turn(state: ViewState): void {
    const { shown } = state.voice;
    if (shown === this.voiceShown) return;
    this.voiceShown = shown;
    if (!state.open) return;
    if (shown) this.voice.focus();
    else {
      this.talk.follow();
      this.focus();
    }
  }

  private showLogo(state: ViewState): void {
    const address = state.config.logo === undefined ? undefined : safeAddress(state.config.logo, state.origin);
    if (address === this.logoShown) return;
    this.logoShown = address;
    if (address === undefined) return this.logo.replaceChildren(waveBars(""));
    const image = element("img", "", { src: address, alt: "" });
    image.addEventListener("error", () => this.logo.replaceChildren(waveBars("")));
    this.logo.replaceChildren(image);
  }

  private listen(ending: AbortSignal): void {
    for (const kind of ["keydown", "keyup", "keypress"] as const) {
      this.root.addEventListener(kind, (event) => {
        // The page's own shortcuts must not hear what a visitor types here.
        event.stopPropagation();
        if (kind === "keydown" && event.key === "Escape" && !event.isComposing) this.actions.close();
      });
    }
    // An on-screen keyboard covers the page without resizing it: only the visual viewport tells.
    const seen = window.visualViewport;
    const fit = (): void => {
      this.root.style.setProperty("--seen", `${Math.round(seen?.height ?? window.innerHeight)}px`);
      this.talk.follow();
    };
    seen?.addEventListener("resize", fit, { signal: ending });
  }
}

function mood({ link, talk, config, name, voice }: ViewState): string {
  if (onCall(voice.call)) return callMood(voice);
  if (voice.shown) return VOICE_WORDS.notConnected;
  const doing = link.phase === "live" ? (talk.typing ? WORDS.preparing : WORDS.ready) : moodOf(link);
  const company = config.companyName;
  return company !== undefined && company !== name && doing === WORDS.ready ? `${company}, ${doing}` : doing;
}

function callMood({ call, since }: VoiceState): string {
  if (call.phase !== "live" || since === undefined) return call.everLive ? VOICE_WORDS.reconnecting : VOICE_WORDS.connecting;
  const seconds = Math.max(0, Math.floor((Date.now() - since) / 1000));
  return VOICE_WORDS.onTheLine(`${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`);
}

function moodOf(link: Link): string {
  switch (link.phase) {
    case "resting":
    case "asking":
    case "opening":
      return WORDS.connecting;
    case "over":
      return WORDS.over;
    default:
      return WORDS.away;
  }
}
