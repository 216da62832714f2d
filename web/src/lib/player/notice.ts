import type { ViewerSnapshot } from '../viewer-snapshot.ts';

/** What is to be said over the picture. */
export interface Notice {
  readonly title: string;
  readonly text: string;
  readonly isBusy?: boolean;
  /** A dropped connection heals within a moment, or was the end of the stream: it is said late. */
  readonly isLate?: boolean;
}

/** `undefined` while the picture speaks for itself. `name`: of the channel. */
export function noticeOf(now: ViewerSnapshot, name: string): Notice | undefined {
  switch (now.state) {
    case 'live':
      return now.isLinkTooThin
        ? {
            title: 'Your connection is too slow for the picture',
            text: 'The sound goes on, and the picture comes back by itself.',
          }
        : soundNotice(now, name);
    case 'offline':
      return { title: `${name} is offline`, text: 'Stay here: this page starts by itself when they go live.' };
    case 'idle':
    case 'connecting':
      // All places of his invitation are taken, or he asks too often: it is tried again.
      return { title: 'Connecting…', text: now.problem?.status === 429 ? now.problem.message : '', isBusy: true };
    case 'reconnecting':
      return now.isStreamerGone
        ? {
            title: 'The streamer’s connection dropped',
            text: 'Waiting for them to come back…',
            isBusy: true,
            isLate: true,
          }
        : { title: 'The connection dropped', text: 'Reconnecting…', isBusy: true, isLate: true };
    case 'error':
      if (now.dismissal !== undefined) return farewell(now.dismissal, name);
      return now.problem?.missingCodec
        ? {
            title: 'Your browser cannot play this stream',
            text: `It is sent as ${now.problem.missingCodec}, which this browser does not decode. Another browser will do.`,
          }
        : { title: 'This stream cannot be played', text: now.problem?.message ?? '' };
  }
}

function farewell(dismissal: string, name: string): Notice {
  const text = 'Ask the streamer for a new one.';
  switch (dismissal) {
    case 'token_revoked':
      return { title: 'Your invitation was withdrawn', text };
    case 'token_expired':
      return { title: 'Your invitation has ended', text };
    case 'made_private':
      return { title: `${name} is private now`, text: 'You need an invitation to watch.' };
    default:
      return { title: `${name} is gone`, text: 'This channel is not there any more.' };
  }
}

function soundNotice({ isSoundAlone, isPictureSent, quality }: ViewerSnapshot, name: string): Notice | undefined {
  if (!isSoundAlone) return undefined;
  if (!isPictureSent) return { title: 'Sound only', text: `${name} sends no picture.` };
  return quality?.key === 'sound'
    ? { title: name, text: 'Audio only. The quality menu brings the picture back.' }
    : { title: 'Sound only', text: 'No picture has come yet.' };
}
