import type { Broadcasts } from './broadcasts.ts';
import type { Clock } from './clock.ts';
import type { Endings } from './endings.ts';
import type { MediaEvent } from './ports.ts';
import type { Session, SessionTable } from './session-table.ts';
import type { ViewerTexts } from './viewer-texts.ts';

interface Hearers {
  readonly broadcasts: Broadcasts;
  readonly sessions: SessionTable;
  readonly endings: Endings;
  readonly texts: ViewerTexts;
  readonly clock: Clock;
}

/** Brings what the media threads tell to whom it concerns. Sessions and streams that are over concern nobody. */
export function mediaHeard(event: MediaEvent, { broadcasts, sessions, endings, texts, clock }: Hearers): void {
  if (event.type === 'stats') return broadcasts.ofMedia(event.streamId)?.measured(event.tracks, event.renditions);
  if (event.type === 'sent') return broadcasts.ofMedia(event.streamId)?.sent(event.bytes);
  if (event.type === 'wanting') return broadcasts.ofMedia(event.streamId)?.renditionsWanted();
  const session = sessions.get(event.sessionId);
  if (!session) return;
  switch (event.type) {
    case 'ended':
      return endings.sessionEnded(session, event.reason, event.detail);
    case 'connected':
      sessions.connected(session, clock.now());
      return connected(session);
    case 'silent':
    case 'resumed':
      return session.broadcast.publisherHeard(session.id, event.type);
    default:
      return texts.heard(session, event);
  }
}

function connected(session: Session): void {
  if (session.kind === 'publisher') session.broadcast.publisherConnected(session.id);
  else session.broadcast.viewerConnected(session.id, session.visitor);
}
