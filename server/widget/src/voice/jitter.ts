// Holds the agent's voice a moment, so that frames that come late do not tear holes into it.

/** Seconds held before the first sound is let out. */
export const CUSHION = 0.08;
/** Seconds that may wait at most; a server that sends far ahead loses the oldest. */
export const MOST = 4;

export class JitterBuffer {
  private chunks: Float32Array[] = [];
  private offset = 0;
  private waiting = 0;
  private flowing = false;

  /** `rate` in samples a second. */
  constructor(private readonly rate: number) {}

  get length(): number {
    return this.waiting;
  }

  push(samples: Float32Array): void {
    this.chunks.push(samples);
    this.waiting += samples.length;
    while (this.waiting > this.rate * MOST && this.chunks.length > 1) this.drop();
  }

  /** Fills `output`: silence while the cushion fills, sound as long as there is any. */
  pull(output: Float32Array): void {
    output.fill(0);
    if (!this.flowing && this.waiting < this.rate * CUSHION) return;
    this.flowing = true;
    let filled = 0;
    while (filled < output.length) {
      const first = this.chunks[0];
      if (first === undefined) break;
      const part = first.subarray(this.offset, this.offset + output.length - filled);
      output.set(part, filled);
      filled += part.length;
      this.waiting -= part.length;
      this.offset += part.length;
      if (this.offset >= first.length) {
        this.chunks.shift();
        this.offset = 0;
      }
    }
    if (this.waiting === 0) this.flowing = false;
  }

  /** Drops all that waits, at once. */
  clear(): void {
    this.chunks = [];
    this.offset = this.waiting = 0;
    this.flowing = false;
  }

  private drop(): void {
    const first = this.chunks.shift();
    this.waiting -= (first?.length ?? 0) - this.offset;
    this.offset = 0;
  }
}
