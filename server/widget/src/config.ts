// The owner's options: from the script's data attributes, from AIWidget.init, from the server. What stands
// closer to the page wins: init over attributes, attributes over the server's settings.

import { parseColour, type Theme } from "./colour";
import { fields, string, type Fields } from "./protocol";

export type Position = "bottom-right" | "bottom-left" | "top-right" | "top-left";
export type Size = "small" | "medium" | "large";

export interface Config {
  theme: Theme;
  primaryColor: string | undefined;
  position: Position;
  size: Size;
  autoOpen: boolean;
  greeting: string | undefined;
  placeholder: string | undefined;
  logo: string | undefined;
  companyName: string | undefined;
  showPoweredBy: boolean;
  /** Without it there is no microphone to press. */
  voiceEnabled: boolean;
  pushToTalk: boolean;
}

export const DEFAULTS: Config = {
  theme: "light",
  primaryColor: undefined,
  position: "bottom-right",
  size: "medium",
  autoOpen: false,
  greeting: undefined,
  placeholder: undefined,
  logo: undefined,
  companyName: undefined,
  showPoweredBy: true,
  voiceEnabled: false,
  pushToTalk: false,
};

const CHOICES = {
  theme: ["light", "dark", "custom"],
  position: ["bottom-right", "bottom-left", "top-right", "top-left"],
  size: ["small", "medium", "large"],
} as const;

/** Tells the page's owner, in the console, what is wrong and what would be right. */
export type Warn = (sentence: string) => void;

const READERS: { [Name in keyof Config]: (name: string, value: unknown, warn: Warn) => Config[Name] | undefined } = {
  theme: oneOf(CHOICES.theme),
  position: oneOf(CHOICES.position),
  size: oneOf(CHOICES.size),
  primaryColor: colour,
  autoOpen: truth,
  showPoweredBy: truth,
  voiceEnabled: truth,
  pushToTalk: truth,
  greeting: words,
  placeholder: words,
  companyName: words,
  logo: words,
};

function oneOf<Choice extends string>(choices: readonly Choice[]) {
  return (name: string, value: unknown, warn: Warn): Choice | undefined => {
    const found = choices.find((choice) => choice === value);
    if (found === undefined) warn(`${name} is "${String(value)}"; use one of: ${choices.join(", ")}.`);
    return found;
  };
}

function colour(name: string, value: unknown, warn: Warn): string | undefined {
  const text = string(value);
  if (text !== undefined && parseColour(text) !== undefined) return text;
  warn(`${name} is "${String(value)}"; write it as #rrggbb.`);
  return undefined;
}

function truth(name: string, value: unknown, warn: Warn): boolean | undefined {
  if (value === true || value === "true" || value === "") return true;
  if (value === false || value === "false") return false;
  warn(`${name} is "${String(value)}"; use true or false.`);
  return undefined;
}

function words(name: string, value: unknown, warn: Warn): string | undefined {
  if (typeof value !== "string") warn(`${name} should be text.`);
  return string(value);
}

/**
 * The options in `source`: flat (`{theme, size}`) or grouped as the server keeps them
 * (`{appearance: {...}, behavior: {...}, branding: {...}, voice: {enabled, pushToTalk}}`). Wrong ones are left out
 * and warned about.
 */
export function readOptions(source: unknown, warn: Warn): Partial<Config> {
  const top = fields(source);
  const flat: Fields = { ...top };
  for (const group of ["appearance", "behavior", "branding"]) Object.assign(flat, fields(top[group]));
  const voice = fields(top["voice"]);
  flat["voiceEnabled"] = voice["enabled"] ?? flat["voiceEnabled"];
  flat["pushToTalk"] = voice["pushToTalk"] ?? flat["pushToTalk"];
  const options: Fields = {};
  for (const [name, read] of Object.entries(READERS)) {
    const value = flat[name];
    if (value === undefined || value === null) continue;
    const found = read(name, value, warn);
    if (found !== undefined) options[name] = found;
  }
  return options as Partial<Config>;
}

/** The server's settings: an empty text there means "not set". */
export function readSettings(source: unknown): Partial<Config> {
  const quiet = (): void => undefined;
  return readOptions(source, quiet);
}

/** Data attributes (`data-primary-color` is `primaryColor` in `dataset`). */
export function readDataset(dataset: DOMStringMap, warn: Warn): Partial<Config> {
  return readOptions({ ...dataset }, warn);
}

/** Later sources win. */
export function merge(...sources: Partial<Config>[]): Config {
  return Object.assign({}, DEFAULTS, ...sources) as Config;
}
