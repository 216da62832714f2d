import type { WordTable } from '../word-table.ts';

/** How to connect OBS, by the names that its menus have. */
export const obs = {
  title: 'Connect OBS',
  service: 'In OBS 30 or later: `Settings → Stream`, Service `WHIP`.',
  server: 'Server: the address below. Bearer Token: a stream key from above.',
  output: '`Settings → Output`, mode Advanced, as in the table.',
  keyEnds: (name: string, fromNow: string) => `The key “${name}” ends ${fromNow}:`,
  keyEnded: (name: string, ago: string) => `The key “${name}” expired ${ago}. Make a new one for OBS.`,
  start: 'Start Streaming. Your channel goes live at once.',
  fields: { service: 'Service', server: 'Server' },
  settings: {
    encoder: { name: 'Video encoder', value: 'H.264 (x264 or hardware), or AV1' },
    rate: { name: 'Rate control', value: 'CBR, 2500 kbit/s for 720p, 6000 for 1080p' },
    keyframes: { name: 'Keyframe interval', value: '1 or 2 s (not 0, not “auto”)' },
    bFrames: { name: 'B-frames', value: '0' },
    profile: { name: 'Profile', value: 'baseline or main; tune zerolatency with x264' },
    audio: { name: 'Audio', value: 'Opus, 48 kHz, stereo' },
  },
} as const satisfies WordTable;
