/** Makes one track of several: the microphone and the sound of a shared screen. A lone track passes untouched. */
export class AudioMix {
  #context: AudioContext | undefined;

  of(tracks: readonly MediaStreamTrack[]): MediaStreamTrack | null {
    this.close();
    if (tracks.length < 2) return tracks[0] ?? null;
    const context = new AudioContext({ latencyHint: 'interactive' });
    this.#context = context;
    const mixed = context.createMediaStreamDestination();
    for (const track of tracks) context.createMediaStreamSource(new MediaStream([track])).connect(mixed);
    return mixed.stream.getAudioTracks()[0] ?? null;
  }

  /** Idempotent. */
  close(): void {
    void this.#context?.close();
    this.#context = undefined;
  }
}
