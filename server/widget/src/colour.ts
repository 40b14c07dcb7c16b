// Colours of an owner's brand, moved just far enough that words on them can be read.
// Luminance and contrast are those of WCAG 2.2 (relative luminance of sRGB; 4.5:1 for text).

import { DARK, LIGHT, type Tokens } from "./tokens";

export type Theme = "light" | "dark" | "custom";

/** Red, green and blue, 0..255. */
type Rgb = readonly [number, number, number];

const READABLE = 4.5;
/** Aimed at while mixing, a little above the rule, so that rounding to #RRGGBB cannot fall below it. */
const AIM = 4.6;

/** The channels of `#rgb`, `#rrggbb` or `rgb(r, g, b)`; undefined for anything else. */
export function parseColour(text: string): Rgb | undefined {
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text.trim())?.[1];
  if (hex !== undefined) {
    const wide = hex.length === 3 ? [...hex].map((digit) => digit + digit).join("") : hex;
    return [0, 2, 4].map((at) => parseInt(wide.slice(at, at + 2), 16)) as unknown as Rgb;
  }
  const channels = /^rgb\(\s*(\d{1,3})\s*[, ]\s*(\d{1,3})\s*[, ]\s*(\d{1,3})\s*\)$/i.exec(text.trim())?.slice(1).map(Number);
  return channels?.every((value) => value <= 255) ? (channels as unknown as Rgb) : undefined;
}

export function toHex(colour: Rgb): string {
  return "#" + colour.map((value) => Math.round(value).toString(16).padStart(2, "0")).join("").toUpperCase();
}

function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** How far two colours stand apart, 1 (the same) to 21 (black on white). */
export function contrast(one: string, other: string): number {
  const [a, b] = [luminance(rgb(one)), luminance(rgb(other))];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

function rgb(text: string): Rgb {
  return parseColour(text) ?? [0, 0, 0];
}

/** `share` (0..1) of `other` stirred into `base`. */
export function mix(base: string, other: string, share: number): string {
  const to = rgb(other);
  return toHex(rgb(base).map((value, at) => value + ((to[at] ?? 0) - value) * share) as unknown as Rgb);
}

/** `colour`, moved towards `towards` until it reads on every one of `grounds`. */
export function readable(colour: string, grounds: readonly string[], towards: string): string {
  for (let step = 0; step <= 50; step += 1) {
    const tried = mix(colour, towards, step / 50);
    if (grounds.every((ground) => contrast(tried, ground) >= (step === 0 ? READABLE : AIM))) return tried;
  }
  return towards;
}

/** The tokens of a theme, with violet and the ink gradient replaced by `primary` where the owner gave one. */
export function tokensFor(theme: Theme, primary: string | undefined): Tokens {
  const base = theme === "dark" ? DARK : LIGHT;
  const colour = primary === undefined ? undefined : parseColour(primary);
  if (colour === undefined) return base;
  const brand = toHex(colour);
  const dark = theme === "dark";
  const soft = mix(base.paper, brand, dark ? 0.24 : 0.1);
  const gradientTo = readable(brand, ["#FFFFFF"], "#000000");
  return {
    ...base,
    violet: brand,
    violetSoft: readable(soft, [base.ink, base.ink2], base.paper),
    violetLine: mix(base.paper, brand, dark ? 0.45 : 0.3),
    violetText: readable(brand, [base.paper, soft], dark ? "#FFFFFF" : "#000000"),
    gradientFrom: mix(gradientTo, "#000000", 0.45),
    gradientTo,
  };
}
