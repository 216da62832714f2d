import { expect, test } from 'vitest';
import { noticeOf } from '../../web/src/lib/player/notice.ts';
import { SOUND_ONLY } from '../../web/src/lib/player/qualities.ts';
import type { ViewerSnapshot } from '../../web/src/lib/viewer-snapshot.ts';

const live: ViewerSnapshot = {
  state: 'live',
  live: undefined,
  viewers: 1,
  problem: undefined,
  dismissal: undefined,
  isStreamerGone: false,
  isSoundAlone: false,
  isPictureSent: true,
  isLinkTooThin: false,
  isPictureStill: false,
  latency: undefined,
  isPaused: false,
  isMuted: false,
  isSilenced: false,
  volume: 1,
  qualities: [],
  quality: undefined,
  canRewind: false,
  dashReason: undefined,
  isTryingWebRtc: false,
  isNetworkBlocking: false,
  dashWindow: undefined,
};

test.each<[string, Partial<ViewerSnapshot>, string | undefined]>([
  ['a picture that comes needs none', {}, undefined],
  ['nobody is live', { state: 'offline' }, 'Brook is offline'],
  ['it is on its way', { state: 'connecting' }, 'Connecting…'],
  ['the viewer lost the connection', { state: 'reconnecting' }, 'The connection dropped'],
  ['the streamer did', { state: 'reconnecting', isStreamerGone: true }, 'The streamer’s connection dropped'],
  ['the link is thin', { isLinkTooThin: true }, 'Your connection is too slow for the picture'],
  ['no picture is sent', { isSoundAlone: true, isPictureSent: false }, 'Sound only'],
  ['none is wanted', { isSoundAlone: true, quality: SOUND_ONLY }, 'Brook'],
  ['an invitation was withdrawn', { state: 'error', dismissal: 'token_revoked' }, 'Your invitation was withdrawn'],
  ['an invitation ended', { state: 'error', dismissal: 'token_expired' }, 'Your invitation has ended'],
  ['a channel was made private', { state: 'error', dismissal: 'made_private' }, 'Brook is private now'],
  ['a channel was deleted', { state: 'error', dismissal: 'stopped' }, 'Brook is gone'],
  [
    'the codec is foreign',
    { state: 'error', problem: { status: 422, message: '', missingCodec: 'H264' } },
    'Your browser cannot play this stream',
  ],
])('the player says so when %s', (_, changes, title) => {
  expect(noticeOf({ ...live, ...changes }, 'Brook')?.title).toBe(title);
});

test('who waits behind a network that blocks it is told what it may be', () => {
  expect(noticeOf({ ...live, state: 'connecting' }, 'Brook')?.text).toBe('');
  const blocked = noticeOf({ ...live, state: 'connecting', isNetworkBlocking: true }, 'Brook');
  expect(blocked).toMatchObject({ isBusy: true, text: expect.stringContaining('Your network') });
});
