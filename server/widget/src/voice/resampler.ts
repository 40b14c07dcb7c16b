// Changes the rate of a stream of samples, without steps between its pieces and without folding what the lower rate
// cannot carry: a windowed sinc, one row of weights for each place an output sample may have between two inputs.

/** Zero crossings of the sinc on each side: about 60 dB above the cut. */
const CROSSINGS = 12;
/** Of the lower rate's half: the rest is the filter's slope. */
const PASS = 0.92;

function divisor(one: number, other: number): number {
  return other === 0 ? one : divisor(other, one % other);
}

export class Resampler {
  private readonly up: number;
  private readonly down: number;
  private readonly reach: number;
  private readonly rows: Float32Array[];
  private kept: Float32Array;
  /** The input sample before the next output, within `kept`; and how many `up`-ths after it the output lies. */
  private index: number;
  private phase = 0;

  /** `from` and `to` are whole numbers of samples a second. */
  constructor(from: number, to: number) {
    const shared = divisor(from, to);
    this.up = to / shared;
    this.down = from / shared;
    this.reach = Math.ceil(CROSSINGS * Math.max(1, from / to));
    this.rows = Array.from({ length: this.up }, (_, phase) => weights(phase / this.up, this.reach, Math.min(1, to / from) * PASS));
    this.kept = new Float32Array(this.reach - 1);
    this.index = this.reach - 1;
  }

  /** The samples that follow from `input`; a little of it waits for what comes next. */
  push(input: Float32Array): Float32Array {
    const { reach, up, down } = this;
    const line = new Float32Array(this.kept.length + input.length);
    line.set(this.kept);
    line.set(input, this.kept.length);
    const out: number[] = [];
    while (this.index + reach < line.length) {
      const row = this.rows[this.phase] as Float32Array;
      const first = this.index - reach + 1;
      let sum = 0;
      for (let tap = 0; tap < row.length; tap += 1) sum += (row[tap] as number) * (line[first + tap] as number);
      out.push(sum);
      this.phase += down;
      this.index += Math.floor(this.phase / up);
      this.phase %= up;
    }
    const gone = Math.min(this.index - reach + 1, line.length);
    this.kept = line.slice(gone);
    this.index -= gone;
    return Float32Array.from(out);
  }
}

/** Weights of the `2 * reach` inputs around an output that lies `offset` (0..1) after the middle one; they add up to 1. */
function weights(offset: number, reach: number, cut: number): Float32Array {
  const row = Float32Array.from({ length: 2 * reach }, (_, tap) => {
    const distance = tap - reach + 1 - offset;
    const angle = Math.PI * distance * cut;
    const sinc = angle === 0 ? 1 : Math.sin(angle) / angle;
    const place = (distance / reach + 1) / 2;
    const window = 0.42 - 0.5 * Math.cos(2 * Math.PI * place) + 0.08 * Math.cos(4 * Math.PI * place);
    return sinc * Math.max(0, window);
  });
  const sum = row.reduce((total, weight) => total + weight, 0);
  return row.map((weight) => weight / sum);
}
