import { SHORTCUTS, type Shortcut } from '../player/shortcuts.ts';
import { words } from '../words/words.ts';

const does = words.recordings.shortcuts;

const SHARED: readonly string[] = [
  'mute',
  'louder',
  'quieter',
  'fullscreen',
  'theatre',
  'pictureInPicture',
  'shortcuts',
];

/** What a recording has on its keys: what can be done to a live picture too is on the same ones. */
export const RECORDED_SHORTCUTS: readonly Shortcut[] = [
  { action: 'play', keys: ['k', ' '], does: does.play },
  { action: 'back', keys: ['j'], does: words.player.shortcuts.back },
  { action: 'forward', keys: ['l'], does: does.forward },
  { action: 'shortBack', keys: ['ArrowLeft'], does: words.player.shortcuts.shortBack },
  { action: 'shortForward', keys: ['ArrowRight'], does: words.player.shortcuts.shortForward },
  { action: 'tenth', keys: [...'0123456789'], does: does.tenth, shownAs: does.tenthKeys },
  { action: 'start', keys: ['Home'], does: does.start },
  { action: 'end', keys: ['End'], does: does.end },
  { action: 'slower', keys: ['<'], does: does.slower },
  { action: 'faster', keys: ['>'], does: does.faster },
  ...SHORTCUTS.filter(({ action }) => SHARED.includes(action)),
];
