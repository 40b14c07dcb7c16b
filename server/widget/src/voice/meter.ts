// How loud both sides are right now, 0 to 1, for the wave.

export class Meter {
  /** The agent's voice is fed into this. */
  readonly agent: AnalyserNode;
  private readonly caller: AnalyserNode;
  private readonly samples: Float32Array<ArrayBuffer>;
  private source: MediaStreamAudioSourceNode | undefined;

  constructor(private readonly context: AudioContext) {
    this.agent = context.createAnalyser();
    this.caller = context.createAnalyser();
    this.agent.fftSize = this.caller.fftSize = 1024;
    this.samples = new Float32Array(1024);
  }

  listen(stream: MediaStream): void {
    this.source?.disconnect();
    this.source = this.context.createMediaStreamSource(stream);
    this.source.connect(this.caller);
  }

  level(): number {
    return Math.max(this.loudness(this.agent), this.loudness(this.caller));
  }

  private loudness(side: AnalyserNode): number {
    side.getFloatTimeDomainData(this.samples);
    const power = this.samples.reduce((sum, sample) => sum + sample * sample, 0) / this.samples.length;
    // A talking voice is about a tenth of full scale; the root makes soft syllables visible.
    return Math.min(1, Math.sqrt(Math.sqrt(power) / 0.2));
  }
}
