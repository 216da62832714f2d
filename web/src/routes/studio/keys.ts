import type { Scene } from './settings.ts';

/** What a key does in the studio. */
export type StudioAction = Scene | 'mute' | 'flip' | 'settings' | 'shortcuts' | 'live';

/** As `KeyboardEvent.key` has them. */
export const STUDIO_KEYS = {
  m: 'mute',
  '1': 'camera',
  '2': 'screen',
  '3': 'both',
  '4': 'image',
  f: 'flip',
  g: 'live',
  ',': 'settings',
  '?': 'shortcuts',
} as const satisfies Record<string, StudioAction>;

export function studioActionOf(key: string): StudioAction | undefined {
  const name = key.toLowerCase();
  return Object.hasOwn(STUDIO_KEYS, name) ? STUDIO_KEYS[name as keyof typeof STUDIO_KEYS] : undefined;
}

export function keyOf(action: StudioAction): string {
  return Object.entries(STUDIO_KEYS).find(([, does]) => does === action)?.[0] ?? '';
}
