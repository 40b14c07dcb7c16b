// One line of the talk: the agent's words on bare paper, the visitor's in an arch, cards, pictures, choices.

import type { Card, Picture } from "../protocol";
import type { Line } from "../store";
import { pieces, safeAddress } from "../text";
import { WORDS } from "../words";
import { button, element } from "./element";
import type { ViewActions } from "./state";

export class LineView {
  readonly root: HTMLElement;
  private readonly choices: HTMLButtonElement[] = [];
  private note: HTMLElement | undefined;
  private readonly words: HTMLElement;
  private sources: HTMLElement | undefined;
  private text = "";
  private cited = 0;
  private choosable = false;

  constructor(
    private readonly line: Line,
    private readonly speaker: string,
    private readonly origin: string,
    private readonly actions: ViewActions,
    private readonly grew: () => void,
  ) {
    this.root = element("div", `line ${line.role}`);
    this.words = element("p", "words", { dir: "auto" });
    const picture = this.picture(line.image, origin);
    if (picture !== undefined) this.root.append(picture);
    this.write(line);
    for (const card of line.cards) this.root.append(this.card(card, origin));
    if (line.buttons.length > 0) this.root.append(this.chips());
  }

  /** Shows what may change about a line: whether it arrived, and whether its choices are open. */
  update(line: Line, choosable: boolean, chosen: string | undefined): void {
    this.write(line);
    const waiting = line.role === "visitor" && line.seq === undefined && !line.refused;
    this.root.classList.toggle("waiting", waiting);
    this.choosable = choosable;
    this.choices.forEach((chip, at) => {
      chip.setAttribute("aria-disabled", String(!choosable));
      chip.classList.toggle("chosen", !choosable && chosen !== undefined && line.buttons[at]?.label === chosen);
    });
    if (line.refused && this.note === undefined) {
      const again = button("again", undefined, () => this.actions.sendAgain(line.key), WORDS.sayAgain);
      this.note = element("p", "note", {}, WORDS.notDelivered + " ", again);
      this.root.append(this.note);
    } else if (!line.refused) {
      this.note?.remove();
      this.note = undefined;
    }
  }

  /** The words, which may still grow, and where they come from. */
  private write(line: Line): void {
    if (line.text !== this.text) {
      this.text = line.text;
      const says = line.role === "visitor" ? WORDS.visitorSays : WORDS.agentSays(this.speaker);
      this.words.replaceChildren(element("span", "aside", {}, says), ...linked(line.text));
      this.root.prepend(this.words);
    }
    const sources = line.sources ?? [];
    if (sources.length === this.cited) return;
    this.cited = sources.length;
    this.sources?.remove();
    this.sources = element("p", "sources", { dir: "auto" }, WORDS.sources + " ");
    sources.forEach((source, at) => {
      const name = source.where === "" ? source.title : `${source.title}, ${source.where}`;
      const href = source.url === "" ? undefined : safeAddress(source.url, this.origin);
      this.sources?.append(at === 0 ? "" : " · ", href === undefined ? name : link(href, name));
    });
    this.root.append(this.sources);
  }

  private chips(): HTMLElement {
    const row = element("div", "chips");
    for (const choice of this.line.buttons) {
      // aria-disabled instead of disabled: focus stays where the visitor left it after a choice.
      const chip = button(
        "chip",
        undefined,
        () => {
          if (this.choosable) this.actions.press(choice.id, choice.label);
        },
        choice.label,
      );
      this.choices.push(chip);
      row.append(chip);
    }
    return row;
  }

  private card(card: Card, origin: string): HTMLElement {
    return element(
      "div",
      "card",
      {},
      this.picture(card.image, origin),
      card.title === "" ? undefined : element("strong", "", { dir: "auto" }, card.title),
      card.text === "" ? undefined : element("p", "", { dir: "auto" }, ...linked(card.text)),
    );
  }

  private picture(picture: Picture | undefined, origin: string): HTMLElement | undefined {
    const address = picture === undefined ? undefined : safeAddress(picture.url, origin);
    if (picture === undefined || address === undefined) return undefined;
    const image = element("img", "picture", {
      src: address,
      alt: picture.alt,
      loading: "lazy",
      decoding: "async",
      referrerpolicy: "no-referrer",
    });
    image.addEventListener("load", this.grew);
    // A picture that does not come leaves its words, not a broken frame.
    image.addEventListener("error", () => image.replaceWith(picture.alt));
    return image;
  }
}

function linked(text: string): (Node | string)[] {
  return pieces(text).map(({ text: piece, href }) =>
    href === undefined ? piece : link(href, piece),
  );
}

function link(href: string, text: string): HTMLElement {
  return element("a", "", { href, target: "_blank", rel: "noopener noreferrer nofollow" }, text);
}
