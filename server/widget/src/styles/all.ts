import { BASE } from "./base";
import { LAUNCHER } from "./launcher";
import { PANEL } from "./panel";
import { TALK } from "./talk";
import { VOICE } from "./voice";

/** The widget's whole style sheet; the colours come as custom properties from the tokens. */
export const STYLES = BASE + LAUNCHER + PANEL + TALK + VOICE;
