export type SoundSource = 'microphone' | 'screen';

interface Input {
  readonly track: MediaStreamTrack;
  /** What is sent where nothing has to be mixed: silenced, it leaves the other for the meter. */
  readonly alone: MediaStreamTrack;
  readonly node: MediaStreamAudioSourceNode;
}

/**
 * One sound of microphone and screen, each as loud as is wanted. A lone one that is as loud as it comes passes untouched,
 * which costs nothing and delays nothing. Who is muted is not heard, but can be told that he talks.
 */
export class SoundMix {
  readonly #context = new AudioContext({ latencyHint: 'interactive' });
  readonly #output = this.#context.createMediaStreamDestination();
  readonly #nodes = { microphone: this.#context.createGain(), screen: this.#context.createGain() } as const;
  readonly #sent = this.#context.createAnalyser();
  readonly #voice = this.#context.createAnalyser();
  readonly #samples = new Float32Array(1024);
  readonly #inputs: Partial<Record<SoundSource, Input>> = {};
  readonly #gains: Record<SoundSource, number> = { microphone: 1, screen: 1 };

  /** `onChange`: the track may be another one. */
  constructor(onChange: () => void) {
    for (const gain of Object.values(this.#nodes)) {
      gain.connect(this.#output);
      gain.connect(this.#sent);
    }
    for (const analyser of [this.#sent, this.#voice]) analyser.fftSize = this.#samples.length;
    this.#context.onstatechange = onChange;
  }

  /** `null` while nothing goes into it. */
  get track(): MediaStreamTrack | null {
    const { microphone, screen } = this.#inputs;
    const lone = microphone && screen ? undefined : (microphone ?? screen);
    const gain = lone === microphone ? this.#gains.microphone : this.#gains.screen;
    if (lone && (gain === 1 || gain === 0)) return lone.alone;
    // While the browser keeps sound back nothing comes out of a mix: one of the two is better than silence.
    if (this.#context.state !== 'running') return (microphone ?? screen)?.alone ?? null;
    return microphone || screen ? (this.#output.stream.getAudioTracks()[0] ?? null) : null;
  }

  take(source: SoundSource, track: MediaStreamTrack | undefined): void {
    const before = this.#inputs[source];
    if (before?.track === track) return;
    before?.node.disconnect();
    before?.alone.stop();
    delete this.#inputs[source];
    if (!track) return;
    const node = this.#context.createMediaStreamSource(new MediaStream([track]));
    node.connect(this.#nodes[source]);
    if (source === 'microphone') node.connect(this.#voice);
    this.#inputs[source] = { track, alone: track.clone(), node };
    this.setGain(source, this.#gains[source]);
  }

  /** 1 is as it comes, 0 silent. Without a click. */
  setGain(source: SoundSource, gain: number): void {
    this.#gains[source] = gain;
    this.#nodes[source].gain.setTargetAtTime(gain, this.#context.currentTime, 0.015);
    const input = this.#inputs[source];
    if (input) input.alone.enabled = gain > 0;
  }

  /** Browsers keep sound back until the first click or key on the page. */
  resume(): void {
    if (this.#context.state === 'suspended') void this.#context.resume();
  }

  /** How loud it is now, in dB below the loudest there can be: what is sent, and the microphone before it is muted. */
  levels(): { readonly sentDb: number; readonly voiceDb: number } {
    return { sentDb: this.#levelOf(this.#sent), voiceDb: this.#levelOf(this.#voice) };
  }

  close(): void {
    this.#context.onstatechange = null;
    this.take('microphone', undefined);
    this.take('screen', undefined);
    void this.#context.close();
  }

  #levelOf(analyser: AnalyserNode): number {
    analyser.getFloatTimeDomainData(this.#samples);
    const power = this.#samples.reduce((sum, sample) => sum + sample * sample, 0) / this.#samples.length;
    return 10 * Math.log10(power + 1e-12);
  }
}
