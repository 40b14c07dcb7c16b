// The widget's one element on the page: a shadow root, so that neither side's styles reach the other.

import { tokensFor } from "../colour";
import { STYLES } from "../styles/all";
import type { Tokens } from "../tokens";
import { element } from "./element";
import { LauncherView } from "./launcher";
import { PanelView } from "./panel";
import type { ViewActions, ViewState } from "./state";

export class RootView {
  private readonly host = element("div", "");
  private readonly frame = element("div", "frame");
  private readonly launcher: LauncherView;
  private readonly panel: PanelView;
  private open = false;

  constructor(actions: ViewActions, ending: AbortSignal) {
    this.launcher = new LauncherView(actions);
    this.panel = new PanelView(actions, ending);
    const shadow = this.host.attachShadow({ mode: "open" });
    dress(shadow);
    this.frame.append(this.launcher.root, this.panel.root);
    shadow.append(this.frame);
    document.body.append(this.host);
    ending.addEventListener("abort", () => this.host.remove());
  }

  render(state: ViewState): void {
    const { theme, primaryColor, position, size } = state.config;
    paint(this.frame, tokensFor(theme, primaryColor));
    this.frame.dataset["position"] = position;
    this.frame.dataset["size"] = size;
    this.frame.dataset["theme"] = theme;
    this.launcher.render(state);
    this.panel.render(state);
    if (state.open && !this.open) this.panel.follow();
    this.open = state.open;
  }

  focusPanel(): void {
    this.panel.focus();
  }

  focusLauncher(): void {
    this.launcher.focus();
  }
}

/** A constructed sheet passes a page's style policy where a style element would not. */
function dress(shadow: ShadowRoot): void {
  if ("adoptedStyleSheets" in shadow && "replaceSync" in CSSStyleSheet.prototype) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLES);
    shadow.adoptedStyleSheets = [sheet];
  } else shadow.append(element("style", "", {}, STYLES));
}

/** `violetText` becomes `--violet-text`. */
function paint(frame: HTMLElement, tokens: Tokens): void {
  for (const [name, value] of Object.entries(tokens)) {
    const property = "--" + name.replace(/[A-Z]/g, (letter) => "-" + letter.toLowerCase());
    if (frame.style.getPropertyValue(property) !== value) frame.style.setProperty(property, value);
  }
}
