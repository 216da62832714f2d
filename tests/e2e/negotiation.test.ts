import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseOffer } from '../../src/sdp/offer.ts';
import { answerPlay, type SourceTrack } from '../../src/sdp/play-answer.ts';
import { answerPublish } from '../../src/sdp/publish-answer.ts';
import { local } from '../sdp/offers.ts';
import { openBrowser } from '../support/browser.ts';

/** What Chromium makes of an answer to an offer it just made; nothing is ever connected. */
interface Negotiated {
  readonly state: string;
  readonly directions: readonly string[];
  /** `video/VP8 96` in the order of the answer. */
  readonly sent: readonly string[];
  readonly layers: readonly string[];
  readonly streams: readonly string[];
  readonly transports: number;
}

const IN_PAGE = `globalThis.negotiate = async ({ act, codec, rids, policy, isData }) => {
  const peer = new RTCPeerConnection({ bundlePolicy: policy ?? 'max-bundle' });
  const streams = [];
  peer.ontrack = ({ streams: [stream] }) => streams.push(stream.id);
  const direction = act === 'publish' ? 'sendonly' : 'recvonly';
  peer.addTransceiver('audio', { direction });
  const sendEncodings = (rids ?? []).map((rid) => ({ rid }));
  const video = peer.addTransceiver('video', rids ? { direction, sendEncodings } : { direction });
  if (codec) {
    const { codecs } = RTCRtpSender.getCapabilities('video');
    video.setCodecPreferences(codecs.filter(({ mimeType }) => ['video/' + codec, 'video/rtx'].includes(mimeType)));
  }
  if (isData) peer.createDataChannel('chat');
  await peer.setLocalDescription();
  await peer.setRemoteDescription({ type: 'answer', sdp: await globalThis[act](peer.localDescription.sdp) });
  const parameters = peer.getSenders().map((sender) => sender.getParameters());
  const result = {
    state: peer.signalingState,
    directions: peer.getTransceivers().map((transceiver) => transceiver.currentDirection),
    sent: parameters.flatMap(({ codecs }) => codecs.map(({ mimeType, payloadType }) => mimeType + ' ' + payloadType)),
    layers: parameters[1].encodings.flatMap(({ rid, active }) => (rid && active ? [rid] : [])),
    streams,
    transports: new Set(peer.getSenders().map(({ transport }) => transport)).size,
  };
  peer.close();
  return result;
}`;

const source: readonly SourceTrack[] = [
  { kind: 'audio', codec: { name: 'opus', clockRate: 48_000, fmtp: '' } },
  { kind: 'video', codec: { name: 'h264', clockRate: 90_000, fmtp: 'profile-level-id=4d001f' } },
];

let browser: Browser;
let page: Page;

beforeAll(async () => {
  browser = await openBrowser();
  page = await browser.newPage();
  await page.exposeFunction('publish', (offer: string) => answerPublish(parseOffer(offer), local).answer);
  await page.exposeFunction('play', (offer: string, number = 1) => {
    return answerPlay(parseOffer(offer), local, source, () => number++).answer;
  });
  await page.goto('about:blank');
  await page.evaluate(IN_PAGE);
});

afterAll(() => browser?.close());

function negotiate(options: object): Promise<Negotiated> {
  return page.evaluate<Negotiated>(`negotiate(${JSON.stringify(options)})`);
}

describe('Chromium, given the answer to the offer it just made', () => {
  test.each(['VP8', 'VP9', 'H264', 'AV1'])('publishes %s and Opus on one transport', async (codec) => {
    const { state, directions, sent, transports } = await negotiate({ act: 'publish', codec });
    expect({ state, directions, transports }).toEqual({
      state: 'stable',
      directions: ['sendonly', 'sendonly'],
      transports: 1,
    });
    expect(sent.map((name) => name.split(' ')[0])).toEqual(['audio/opus', `video/${codec}`, 'video/rtx']);
  });

  test.each(['VP8', 'VP9', 'H264', 'AV1'])('publishes three layers of %s', async (codec) => {
    const { layers } = await negotiate({ act: 'publish', codec, rids: ['q', 'h', 'f'] });
    expect(layers).toEqual(['q', 'h', 'f']);
  });

  test.each(['balanced', 'max-compat'])('publishes with bundle policy %s', async (policy) => {
    expect(await negotiate({ act: 'publish', policy })).toMatchObject({ state: 'stable', transports: 1 });
  });

  test('publishes although its data channel is refused', async () => {
    expect(await negotiate({ act: 'publish', isData: true })).toMatchObject({ directions: ['sendonly', 'sendonly'] });
  });

  test('plays both tracks as one stream', async () => {
    expect(await negotiate({ act: 'play' })).toMatchObject({
      state: 'stable',
      directions: ['recvonly', 'recvonly'],
      streams: ['freshet', 'freshet'],
      transports: 1,
    });
  });
});
