// Runs where the browser makes its sound: turns the microphone into frames, and frames into sound.

import { JitterBuffer } from "./jitter";
import { Resampler } from "./resampler";

// The names of an AudioWorklet's scope, which the DOM's types do not know.
declare const sampleRate: number;
declare function registerProcessor(name: string, processor: unknown): void;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}

interface Options {
  /** Samples a second on the line. */
  processorOptions: { rate: number };
}

/** Posts frames of 20 ms as 16-bit samples. */
class Capture extends AudioWorkletProcessor {
  private readonly resampler: Resampler;
  private readonly frame: Int16Array;
  private filled = 0;

  constructor({ processorOptions: { rate } }: Options) {
    super();
    this.resampler = new Resampler(sampleRate, rate);
    this.frame = new Int16Array(rate / 50);
  }

  process([input]: Float32Array[][], [output]: Float32Array[][]): boolean {
    // Without a microphone there is still silence to send: the line stays alive.
    const heard = input?.[0] ?? new Float32Array(output?.[0]?.length ?? 128);
    for (const sample of this.resampler.push(heard)) {
      this.frame[this.filled++] = Math.round(Math.max(-1, Math.min(1, sample)) * 32767);
      if (this.filled < this.frame.length) continue;
      this.port.postMessage(this.frame.slice().buffer);
      this.filled = 0;
    }
    return true;
  }
}

/** Sounds the frames it is sent; the message "clear" silences it at once. */
class Playback extends AudioWorkletProcessor {
  private resampler: Resampler;
  private readonly buffer = new JitterBuffer(sampleRate);

  constructor({ processorOptions: { rate } }: Options) {
    super();
    this.resampler = new Resampler(rate, sampleRate);
    this.port.onmessage = ({ data }: MessageEvent<ArrayBuffer | "clear">) => {
      if (data === "clear") {
        this.buffer.clear();
        this.resampler = new Resampler(rate, sampleRate);
      } else this.buffer.push(this.resampler.push(Float32Array.from(new Int16Array(data), (value) => value / 32768)));
    };
  }

  process(_: Float32Array[][], [output]: Float32Array[][]): boolean {
    if (output?.[0] !== undefined) this.buffer.pull(output[0]);
    return true;
  }
}

registerProcessor("parley-capture", Capture);
registerProcessor("parley-playback", Playback);
