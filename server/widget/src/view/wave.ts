// The wave: both voices' loudness, running outwards from the middle. It stands still for who asked for rest.

import { element } from "./element";

/** The bars' full heights in pixels: the mark of a voice, at rest and in the loudest moment. */
const HEIGHTS = [16, 34, 58, 86, 50, 104, 72, 40, 64, 28, 14];
/** Frames a step outwards takes. */
const STEP = 2;
/** The least of a bar that is seen. */
const REST = 0.28;

export class WaveView {
  readonly root: HTMLElement;
  private readonly bars: HTMLElement[];
  private readonly past: number[] = [];
  private frame: number | undefined;
  private readonly still = window.matchMedia("(prefers-reduced-motion: reduce)");

  constructor(private readonly level: () => number) {
    this.bars = HEIGHTS.map((height) => {
      const bar = element("i", "");
      bar.style.height = `${height}px`;
      return bar;
    });
    this.root = element("div", "voices", { "aria-hidden": "true" }, ...this.bars);
  }

  run(on: boolean): void {
    const moving = on && !this.still.matches;
    this.root.classList.toggle("live", on);
    if (moving && this.frame === undefined) this.step();
    if (!moving && this.frame !== undefined) {
      window.cancelAnimationFrame(this.frame);
      this.frame = undefined;
      this.bars.forEach((bar) => bar.style.removeProperty("transform"));
    }
  }

  private step(): void {
    const before = this.past[0] ?? 0;
    const now = this.level();
    // Up at once, down slowly, as a voice is heard.
    this.past.unshift(now > before ? now : before * 0.86 + now * 0.14);
    this.past.length = Math.min(this.past.length, STEP * HEIGHTS.length);
    const middle = HEIGHTS.length >> 1;
    this.bars.forEach((bar, at) => {
      const level = this.past[Math.abs(at - middle) * STEP] ?? 0;
      bar.style.transform = `scaleY(${(REST + (1 - REST) * level).toFixed(3)})`;
    });
    this.frame = window.requestAnimationFrame(() => this.step());
  }
}
