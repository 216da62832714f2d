/** How much later than the sound a first picture may come: over a thin link a keyframe takes its time. */
const PICTURE_WITHIN_MS = 1000;

/**
 * Asks a connection for sound and picture, and tells what to play. Browsers keep the sound back until they have a first
 * picture, so where none comes the sound is to be played alone, until one does.
 */
export function receiveStream(
  pc: RTCPeerConnection,
  { isSoundOnly, onStream }: { isSoundOnly: boolean; onStream: (stream: MediaStream) => void },
): void {
  const receive = (kind: 'video' | 'audio') => pc.addTransceiver(kind, { direction: 'recvonly' }).receiver.track;
  if (isSoundOnly) return onStream(new MediaStream([receive('audio')]));

  const [video, audio] = [receive('video'), receive('audio')];
  const whole = new MediaStream([video, audio]);
  let playing = whole;
  const play = (stream: MediaStream) => {
    if (pc.connectionState === 'closed' || stream === playing) return;
    playing = stream;
    onStream(stream);
  };

  onStream(whole);
  // A track that is received begins muted, and is so no longer when its first packet comes.
  audio.onunmute = () => setTimeout(() => video.muted && play(new MediaStream([audio])), PICTURE_WITHIN_MS);
  video.onunmute = () => play(whole);
}
