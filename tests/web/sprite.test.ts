import { expect, test } from 'vitest';
import { pictureAt, spritePictures } from '../../web/src/lib/player/sprite.ts';

const VTT = `WEBVTT

00:00:00.000 --> 00:00:10.000
sprite.webp?v=1#xywh=0,0,160,90

00:10.000 --> 00:20.000
sprite.webp?v=1#xywh=160,0,160,90

01:00:00.500 --> 01:00:10.500
sprite.webp?v=1#xywh=320,90,160,90
`;

test('each cue is a stretch of the sheet beside it', () => {
  const pictures = spritePictures(VTT, 'https://live.example.org/media/recordings/1/sprite.vtt');
  const url = 'https://live.example.org/media/recordings/1/sprite.webp?v=1';
  expect(pictures).toEqual([
    { fromS: 0, url, x: 0, y: 0, width: 160, height: 90 },
    { fromS: 10, url, x: 160, y: 0, width: 160, height: 90 },
    { fromS: 3600.5, url, x: 320, y: 90, width: 160, height: 90 },
  ]);
  expect(pictureAt(pictures, 12)?.x).toBe(160);
  expect(pictureAt(pictures, 9999)?.x).toBe(320);
});

test('the lines of another system are read too, and what is no cue is left out', () => {
  expect(spritePictures(VTT.replaceAll('\n', '\r\n'), 'https://live.example.org/s.vtt')).toHaveLength(3);
  expect(spritePictures('<html>gone</html>', 'https://live.example.org/s.vtt')).toEqual([]);
  expect(pictureAt([], 3)).toBeUndefined();
});
