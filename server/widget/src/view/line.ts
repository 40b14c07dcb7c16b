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
  private choosable = false;

  constructor(
    private readonly line: Line,
    speaker: string,
    origin: string,
    private readonly actions: ViewActions,
    private readonly grew: () => void,
  ) {
    const visitor = line.role === "visitor";
    this.root = element("div", `line ${line.role}`);
    const words = line.text === "" ? undefined : element("p", "words", { dir: "auto" }, ...linked(line.text));
    words?.prepend(element("span", "aside", {}, visitor ? WORDS.visitorSays : WORDS.agentSays(speaker)));
    this.root.append(...[words, this.picture(line.image, origin)].filter((part): part is HTMLElement => part !== undefined));
    for (const card of line.cards) this.root.append(this.card(card, origin));
    if (line.buttons.length > 0) this.root.append(this.chips());
  }

  /** Shows what may change about a line: whether it arrived, and whether its choices are open. */
  update(line: Line, choosable: boolean, chosen: string | undefined): void {
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
    href === undefined
      ? piece
      : element("a", "", { href, target: "_blank", rel: "noopener noreferrer nofollow" }, piece),
  );
}
