// Which microphone and which loudspeaker: asked only where there is a choice.

import type { Device } from "../voice/microphone";
import type { VoiceState } from "../voice/voice";
import { VOICE_WORDS } from "../voice/words";
import { button, element } from "./element";
import type { ViewActions } from "./state";

export class DevicesView {
  readonly root: HTMLElement;
  private readonly toggle: HTMLButtonElement;
  private readonly lists = element("div", "lists", { id: "devices" });
  private readonly microphone: Choice;
  private readonly speaker: Choice;

  constructor(actions: ViewActions) {
    this.microphone = new Choice(VOICE_WORDS.microphone, actions.useMicrophone);
    this.speaker = new Choice(VOICE_WORDS.speaker, actions.useSpeaker);
    this.lists.append(this.microphone.root, this.speaker.root);
    this.lists.hidden = true;
    this.toggle = button("again", undefined, () => this.open(this.lists.hidden), VOICE_WORDS.devices);
    this.toggle.setAttribute("aria-controls", "devices");
    this.root = element("div", "devices", {}, this.lists, this.toggle);
    this.open(false);
  }

  render(voice: VoiceState, calling: boolean): void {
    this.microphone.render(voice.microphones, voice.microphone);
    this.speaker.render(voice.speakers, voice.speaker);
    const choice = calling && (voice.microphones.length > 1 || voice.speakers.length > 1);
    this.toggle.hidden = !choice;
    if (!choice) this.open(false);
  }

  private open(open: boolean): void {
    this.lists.hidden = !open;
    this.toggle.setAttribute("aria-expanded", String(open));
  }
}

class Choice {
  readonly root: HTMLLabelElement;
  private readonly list = element("select", "");
  private shown = "";

  constructor(name: string, choose: (id: string) => void) {
    this.root = element("label", "", {}, element("span", "", {}, name), this.list);
    this.list.addEventListener("change", () => choose(this.list.value));
  }

  render(devices: Device[], chosen: string): void {
    this.root.hidden = devices.length < 2;
    const named = JSON.stringify(devices);
    if (named !== this.shown) {
      this.shown = named;
      const options = devices.map(({ id, name }, at) => element("option", "", { value: id }, name === "" ? VOICE_WORDS.device(at + 1) : name));
      this.list.replaceChildren(...options);
    }
    const there = devices.some(({ id }) => id === chosen) ? chosen : (devices[0]?.id ?? "");
    if (this.list.value !== there) this.list.value = there;
  }
}
