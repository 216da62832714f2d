import { expect, it } from 'vitest';
import { ffmpegWords } from '../../transcoder/ffmpeg-words.ts';

it('what ffmpeg says last is told, without its chatter, addresses in memory and folders of the machine', () => {
  const said = [
    'Svt[info]: SVT [version]:	SVT-AV1 Encoder Lib v1.4.1',
    'frame=   12 fps=0.0 q=0.0 size=N/A time=00:00:00.10 bitrate=N/A speed=1x\r',
    '[matroska,webm @ 0x55d0c0ffee00] EBML header parsing failed',
    '/home/somebody/data/recordings/1/0000.webm: Invalid data found when processing input',
  ].join('\n');
  expect(ffmpegWords(said)).toBe(
    '[matroska,webm] EBML header parsing failed; 0000.webm: Invalid data found when processing input',
  );
});
