import type { ViewerSnapshot } from '../viewer-snapshot.ts';
import { words } from '../words/words.ts';

const says = words.player.notices;

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
      return now.isLinkTooThin ? says.thinLink : soundNotice(now, name);
    case 'offline':
      return { title: says.offline.title(name), text: says.offline.text };
    case 'idle':
    case 'connecting':
      return { title: says.connecting, text: whyNotYet(now), isBusy: true };
    case 'reconnecting':
      return { ...(now.isStreamerGone ? says.streamerGone : says.dropped), isBusy: true, isLate: true };
    case 'error':
      if (now.dismissal !== undefined) return farewell(now.dismissal, name);
      return now.problem?.missingCodec
        ? { title: says.foreignCodec.title, text: says.foreignCodec.text(now.problem.missingCodec) }
        : { title: says.unplayable, text: now.problem?.message ?? '' };
  }
}

/** It is tried again all the while. */
function whyNotYet({ problem, isNetworkBlocking }: ViewerSnapshot): string {
  // All places of his invitation are taken, or he asks too often.
  if (problem?.status === 429) return problem.message;
  return isNetworkBlocking ? says.blocked : '';
}

function farewell(dismissal: string, name: string): Notice {
  switch (dismissal) {
    case 'token_revoked':
      return { title: says.invitationRevoked, text: says.askForInvitation };
    case 'token_expired':
      return { title: says.invitationEnded, text: says.askForInvitation };
    case 'made_private':
      return { title: says.madePrivate.title(name), text: says.madePrivate.text };
    default:
      return { title: says.gone.title(name), text: says.gone.text };
  }
}

function soundNotice({ isSoundAlone, isPictureSent, quality }: ViewerSnapshot, name: string): Notice | undefined {
  if (!isSoundAlone) return undefined;
  if (!isPictureSent) return { title: says.soundOnly, text: says.noPictureSent(name) };
  return quality?.key === 'sound'
    ? { title: name, text: says.soundChosen }
    : { title: says.soundOnly, text: says.noPictureYet };
}
