// Building the page's elements without markup: text is always text, whatever a flow or a visitor wrote.

type Child = Node | string | undefined;

/** An element with a class, attributes and children. `undefined` attributes and children are left out. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className: string,
  attributes: Record<string, string | undefined> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  if (className !== "") made.className = className;
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) made.setAttribute(name, value);
  made.append(...children.filter((child): child is Node | string => child !== undefined));
  return made;
}

/** A button that says what it does; `label` is for who cannot see its face. */
export function button(className: string, label: string | undefined, press: () => void, ...face: Child[]): HTMLButtonElement {
  const made = element("button", className, { type: "button", "aria-label": label }, ...face);
  made.addEventListener("click", press);
  return made;
}

const SVG = "http://www.w3.org/2000/svg";

/** A line drawing of 24 x 24 units from path data. */
export function glyph(...paths: string[]): SVGElement {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  for (const data of paths) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", data);
    drawing.append(path);
  }
  return drawing;
}

export const GLYPHS = {
  down: "M6 9l6 6 6-6",
  send: "M12 19V5.5M6 11l6-6 6 6",
  cross: "M7 7l10 10M17 7L7 17",
  microphone: ["M12 3a3 3 0 013 3v5a3 3 0 01-6 0V6a3 3 0 013-3z", "M5 11a7 7 0 0014 0M12 18v3"],
  struck: "M4 4l16 16",
  hangUp: "M4 15c5-5 11-5 16 0l-3 2-3-2v-2c-1.500-.500-2.500-.500-4 0v2l-3 2z",
  bubble: "M5 6h14v10H10l-5 4z",
} as const;

/** The mark: the bars of a voice, as wide as their place asks. */
export function waveBars(className: string): HTMLElement {
  const bars = ["a", "b", "c", "d"].map((bar) => element("i", bar));
  return element("span", `wave ${className}`, { "aria-hidden": "true" }, ...bars);
}

export function setText(place: HTMLElement, text: string): void {
  if (place.textContent !== text) place.textContent = text;
}
