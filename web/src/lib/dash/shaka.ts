import type shaka from 'shaka-player/dist/shaka-player.dash-es2021.js';

/** Half a megabyte that most visits never need: fetched when something is to be played by it, and not before. */
export async function loadShaka(): Promise<typeof shaka> {
  const { default: loaded } = await import('shaka-player/dist/shaka-player.dash-es2021.js');
  return loaded;
}
