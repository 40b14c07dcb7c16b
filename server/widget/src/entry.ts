// The script a page loads. It finds its own tag, reads the options there, and offers window.AIWidget.

import { readDataset, readOptions, type Config } from "./config";
import { fields, string } from "./protocol";
import { Widget } from "./widget";

interface Api {
  /** Sets options, flat or grouped (appearance, behavior, branding); `agentId` when the tag has none. */
  init(config?: unknown): void;
  show(): void;
  hide(): void;
  /** Opens the conversation and says `message` as the visitor. */
  sendMessage(message: string): void;
}

declare global {
  interface Window {
    AIWidget?: Api;
  }
}

function warn(sentence: string): void {
  console.warn(`AIWidget: ${sentence}`);
}

/** Runs `act` as soon as the page has a body to stand on. */
function whenReady(act: () => void): void {
  if (document.body !== null) act();
  else document.addEventListener("DOMContentLoaded", act, { once: true });
}

function ownTag(): HTMLScriptElement | null {
  const { currentScript } = document;
  // A module has no current script; its tag is found by its options.
  return currentScript instanceof HTMLScriptElement ? currentScript : document.querySelector("script[data-agent-id][src]");
}

function begin(): Api | undefined {
  const tag = ownTag();
  if (tag === null) {
    warn("load widget.js with a plain <script src> tag; it learns its server's address from it.");
    return undefined;
  }
  const { origin } = new URL(tag.src, document.baseURI);
  let options: Partial<Config> = readDataset(tag.dataset, warn);
  let agentId = string(tag.dataset["agentId"]);
  let widget: Widget | undefined;

  /** The widget of the present agent; made when first needed. */
  const present = (act: (widget: Widget) => void): void =>
    whenReady(() => {
      if (agentId === undefined) return warn('no agent; add data-agent-id to the script tag, or call AIWidget.init({agentId: "..."}).');
      if (widget?.agentId !== agentId) {
        widget?.end();
        widget = new Widget(origin, agentId, options);
      }
      act(widget);
    });

  if (agentId !== undefined) present(() => undefined);
  return {
    init(config: unknown = {}): void {
      options = { ...options, ...readOptions(config, warn) };
      agentId = string(fields(config)["agentId"]) ?? agentId;
      present((one) => one.configure(options));
    },
    show: () => present((one) => one.show()),
    hide: () => present((one) => one.hide()),
    sendMessage(message: string): void {
      const text = String(message ?? "").trim();
      if (text === "") return warn("sendMessage needs some text.");
      present((one) => {
        one.show(false);
        one.say(text);
      });
    },
  };
}

// A page that loads the script twice still has one widget.
if (window.AIWidget === undefined) {
  const api = begin();
  if (api !== undefined) window.AIWidget = api;
}
