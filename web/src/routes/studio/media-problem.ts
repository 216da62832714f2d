/** What of this computer the studio wants to use. */
export type MediaKind = 'camera' | 'microphone' | 'screen';

/** Why it can not be had. Each is told, and mended, in another way. */
export type MediaReason = 'denied' | 'blockedBySystem' | 'missing' | 'busy' | 'unplugged' | 'unsupported' | 'other';

export interface MediaProblem {
  readonly kind: MediaKind;
  readonly reason: MediaReason;
  /** As the browser names it, where nothing better is known. */
  readonly detail?: string;
}

const REASONS: Readonly<Record<string, MediaReason>> = {
  NotAllowedError: 'denied',
  SecurityError: 'denied',
  NotFoundError: 'missing',
  OverconstrainedError: 'missing',
  NotReadableError: 'busy',
  AbortError: 'busy',
  TypeError: 'unsupported',
};

/** `undefined` where somebody only thought better of sharing his screen: that is no problem. */
export function mediaProblem(kind: MediaKind, error: unknown): MediaProblem | undefined {
  const { name, message } = error instanceof Error ? error : { name: '', message: String(error) };
  const isBySystem = name === 'NotAllowedError' && /system/i.test(message);
  if (isBySystem) return { kind, reason: 'blockedBySystem' };
  if (kind === 'screen' && (name === 'NotAllowedError' || name === 'AbortError')) return undefined;
  const reason = REASONS[name] ?? 'other';
  return reason === 'other' ? { kind, reason, detail: message } : { kind, reason };
}
