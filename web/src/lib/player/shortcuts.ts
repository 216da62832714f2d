/** What a key does to the player. */
export type PlayerAction =
  | 'play'
  | 'mute'
  | 'louder'
  | 'quieter'
  | 'live'
  | 'fullscreen'
  | 'theatre'
  | 'pictureInPicture'
  | 'stats'
  | 'shortcuts';

export interface Shortcut {
  readonly action: PlayerAction;
  /** As `KeyboardEvent.key` has them. */
  readonly keys: readonly string[];
  readonly does: string;
}

export const SHORTCUTS: readonly Shortcut[] = [
  { action: 'play', keys: ['k', ' '], does: 'Pause, or go on live' },
  { action: 'mute', keys: ['m'], does: 'Sound off or on' },
  { action: 'louder', keys: ['ArrowUp'], does: 'Louder' },
  { action: 'quieter', keys: ['ArrowDown'], does: 'Quieter' },
  { action: 'live', keys: ['l'], does: 'Jump to live' },
  { action: 'fullscreen', keys: ['f'], does: 'Full screen' },
  { action: 'theatre', keys: ['t'], does: 'Theatre mode' },
  { action: 'pictureInPicture', keys: ['i'], does: 'Picture in picture' },
  { action: 'stats', keys: ['s'], does: 'Statistics' },
  { action: 'shortcuts', keys: ['?'], does: 'This list' },
];

const NAMES: Readonly<Record<string, string>> = { ' ': 'Space', ArrowUp: '↑', ArrowDown: '↓' };

export function keyName(key: string): string {
  return NAMES[key] ?? key;
}

export function actionOf(key: string): PlayerAction | undefined {
  const pressed = key.length === 1 ? key.toLowerCase() : key;
  return SHORTCUTS.find(({ keys }) => keys.includes(pressed))?.action;
}
