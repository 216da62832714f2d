export type Level = 'ok' | 'warning' | 'fault';

/** One thing that was looked at, in words for whoever runs the server. */
export interface Finding {
  /** What was looked at, in two or three words. */
  readonly subject: string;
  readonly level: Level;
  /** What was found, and what it causes. */
  readonly found: string;
  /** What to do about it; where all is well there is nothing to do. */
  readonly cure?: string | undefined;
}

export const ok = (subject: string, found: string): Finding => ({ subject, level: 'ok', found });

export const warning = (subject: string, found: string, cure: string): Finding => ({
  subject,
  level: 'warning',
  found,
  cure,
});

export const fault = (subject: string, found: string, cure: string): Finding => ({
  subject,
  level: 'fault',
  found,
  cure,
});
