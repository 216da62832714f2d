import { expect, it } from 'vitest';
import { clientKind } from '../../src/streams/client-kind.ts';

const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)';

it.each([
  ['chrome', `Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} Chrome/156.0.0.0 Safari/537.36`],
  ['edge', `Mozilla/5.0 (Windows NT 10.0) ${WEBKIT} Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0`],
  ['opera', `Mozilla/5.0 (Windows NT 10.0) ${WEBKIT} Chrome/156.0.0.0 Safari/537.36 OPR/120.0`],
  ['samsung', `Mozilla/5.0 (Linux; Android 16) ${WEBKIT} SamsungBrowser/29.0 Chrome/136.0 Mobile Safari/537.36`],
  ['firefox', 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0'],
  ['safari', 'Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15'],
  ['chrome', 'Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/156.0 Mobile/15E148 Safari/604.1'],
  ['obs', 'Mozilla/5.0 (OBS-Studio/32.0; Linux x86_64; en-US)'],
  ['ffmpeg', 'Lavf/61.7.100'],
  ['gstreamer', 'GStreamer souphttpsrc 1.26'],
  ['mobile_app', 'okhttp/5.1.0'],
  ['other', ''],
  ['other', 'node'],
  ['other', `${'x'.repeat(600)} Firefox/153.0`],
])('%s is what calls itself %j', (kind, userAgent) => {
  expect(clientKind(userAgent)).toBe(kind);
});
