import { words } from '../words/words.ts';

export interface Shortcut {
  readonly action: string;
  /** As `KeyboardEvent.key` has them. */
  readonly keys: readonly string[];
  readonly does: string;
  /** Where the keys are too many to be listed. */
  readonly shownAs?: string;
}

/** By the name of the action; told by which key. */
export type Actions = Readonly<Record<string, ((key: string) => void | Promise<void>) | undefined>>;

const shortcuts = words.player.shortcuts;

export const SHORTCUTS = [
  { action: 'play', keys: ['k', ' '], does: shortcuts.play },
  { action: 'mute', keys: ['m'], does: shortcuts.mute },
  { action: 'louder', keys: ['ArrowUp'], does: shortcuts.louder },
  { action: 'quieter', keys: ['ArrowDown'], does: shortcuts.quieter },
  { action: 'live', keys: ['l'], does: shortcuts.live },
  { action: 'back', keys: ['j'], does: shortcuts.back },
  { action: 'shortBack', keys: ['ArrowLeft'], does: shortcuts.shortBack },
  { action: 'shortForward', keys: ['ArrowRight'], does: shortcuts.shortForward },
  { action: 'fullscreen', keys: ['f'], does: shortcuts.fullscreen },
  { action: 'theatre', keys: ['t'], does: shortcuts.theatre },
  { action: 'pictureInPicture', keys: ['i'], does: shortcuts.pictureInPicture },
  { action: 'stats', keys: ['s'], does: shortcuts.stats },
  { action: 'shortcuts', keys: ['?'], does: shortcuts.shortcuts },
] as const satisfies readonly Shortcut[];

export type PlayerAction = (typeof SHORTCUTS)[number]['action'];

const NAMES: Readonly<Record<string, string>> = {
  ' ': shortcuts.space,
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
};

export function keyName(key: string): string {
  return NAMES[key] ?? key;
}

export function shortcutOf(among: readonly Shortcut[], key: string): Shortcut | undefined {
  const pressed = key.length === 1 ? key.toLowerCase() : key;
  return among.find(({ keys }) => keys.includes(pressed));
}
