// The open conversation: header, talk, foot; its keyboard and its place on a phone's screen.

import type { Link } from "../link";
import { safeAddress } from "../text";
import { WORDS } from "../words";
import { button, element, glyph, GLYPHS, setText, waveBars } from "./element";
import { FootView } from "./foot";
import type { ViewActions, ViewState } from "./state";
import { TalkView } from "./talk";

export class PanelView {
  readonly root: HTMLElement;
  private readonly name = element("h2", "name");
  private readonly mood = element("p", "mood");
  private readonly logo = element("span", "logo");
  private readonly talk: TalkView;
  private readonly foot: FootView;
  private logoShown: string | undefined;

  constructor(
    private readonly actions: ViewActions,
    ending: AbortSignal,
  ) {
    this.talk = new TalkView(actions);
    this.foot = new FootView(actions);
    this.logo.append(waveBars(""));
    const close = button("close", WORDS.close, () => actions.close(), glyph(GLYPHS.down));
    const header = element("div", "top", {}, this.logo, element("div", "who", {}, this.name, this.mood), close);
    this.root = element("section", "panel", { role: "dialog", tabindex: "-1" }, header, this.talk.root, this.foot.root);
    this.listen(ending);
  }

  render(state: ViewState): void {
    this.root.hidden = !state.open;
    const name = state.name ?? state.config.companyName ?? "";
    this.root.setAttribute("aria-label", WORDS.dialog(name === "" ? WORDS.someone : name));
    setText(this.name, name === "" ? WORDS.welcome : name);
    setText(this.mood, mood(state));
    this.showLogo(state);
    this.foot.render(state);
    if (state.open) this.talk.render(state);
  }

  /** Into the field where there is a real keyboard; elsewhere it would throw one up over the words. */
  focus(): void {
    if (window.matchMedia("(pointer: coarse)").matches) this.root.focus({ preventScroll: true });
    else this.foot.focus();
  }

  follow(): void {
    this.talk.follow();
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

function mood({ link, talk, config, name }: ViewState): string {
  const doing = link.phase === "live" ? (talk.typing ? WORDS.preparing : WORDS.ready) : moodOf(link);
  const company = config.companyName;
  return company !== undefined && company !== name && doing === WORDS.ready ? `${company}, ${doing}` : doing;
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
