import type { DataChannel, PeerConnection } from 'node-datachannel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bestSendMode } from '../../src/native/send-mode.ts';
import type { MediaEvent } from '../../src/streams/ports.ts';
import { createCertificate } from '../../src/transport/certificate.ts';
import { MediaEngine } from '../../src/transport/media-engine.ts';
import { afterTest } from '../support/after-test.ts';
import { RtcDataClient, textsOf } from '../support/rtc-data-client.ts';
import { UdpShaper } from '../support/udp-shaper.ts';
import { until } from '../support/until.ts';

const certificate = createCertificate();
const { fingerprint } = certificate;
const MANY = 60;

describe('the data channel of a viewer, by usrsctp', () => {
  let engine: MediaEngine;
  let events: MediaEvent[];
  let bugs: unknown[];

  beforeEach(async () => {
    events = [];
    bugs = [];
    engine = await MediaEngine.open({
      thread: 0,
      rings: [],
      wantKeyframe: () => {},
      port: 0,
      mode: bestSendMode(),
      certificate,
      emit: (event) => events.push(event),
      report: (error) => bugs.push(error),
      drops: () => {},
    });
  });

  afterEach(() => {
    engine.close();
    expect(bugs).toEqual([]);
  });

  function said(): readonly string[] {
    return events.flatMap((event) => (event.type === 'text' ? [event.text] : []));
  }

  function play(prepare: (peer: PeerConnection) => void, port?: number): Promise<RtcDataClient> {
    return RtcDataClient.play({ engine, fingerprint, sessionId: 'viewer', ...(port && { port }) }, prepare);
  }

  async function openChat(port?: number): Promise<DataChannel> {
    const channels: DataChannel[] = [];
    await play((peer) => channels.push(peer.createDataChannel('chat')), port);
    return until('the channel is open', () => channels.find((channel) => channel.isOpen()));
  }

  it('carries texts both ways', async () => {
    const chat = await openChat();
    const heard = textsOf(chat);
    chat.sendMessage('hello');
    await until('the server hears', () => said().length === 1);
    engine.sendText(['viewer', 'nobody'], 'welcome – 歓迎');
    await until('the viewer hears', () => heard.length === 1);
    expect([said(), heard]).toEqual([['hello'], ['welcome – 歓迎']]);
    expect(events.map(({ type }) => type)).toEqual(['connected', 'text_opened', 'text']);
  });

  it('carries texts of many packets to the viewer', async () => {
    const heard = textsOf(await openChat());
    const long = 'é'.repeat(8000);
    engine.sendText(['viewer'], long);
    await until('the viewer hears', () => heard.length === 1);
    expect(heard).toEqual([long]);
  });

  it('loses and reorders nothing where one packet in ten is lost and many overtake each other', async () => {
    const bad = { loss: 0.1, delayMs: 10, jitterMs: 30 };
    const link = await UdpShaper.open({ seed: 42, serverPort: engine.port });
    afterTest(() => link.close());
    const chat = await openChat(link.port);
    link.change({ up: bad, down: bad });
    const heard = textsOf(chat);
    const texts = Array.from({ length: MANY }, (_, index) => `${index} ${'x'.repeat((index * 97) % 1500)}`);
    for (const [index, text] of texts.entries()) {
      engine.sendText(['viewer'], text);
      // As many as a viewer may say at once.
      if (index < 20) chat.sendMessage(text);
    }
    await until('all came', () => heard.length >= MANY && said().length >= 20, { timeoutMs: 30_000 });
    expect(heard).toEqual(texts);
    expect(said()).toEqual(texts.slice(0, 20));
    expect(link.lost).toBeGreaterThan(5);
  }, 40_000);

  it('carries a text to some hundred viewers in slices, each viewer’s in order', async () => {
    const heard = textsOf(await openChat());
    const absent = Array.from({ length: 250 }, (_, index) => `absent ${index}`);
    engine.sendText([...absent, 'viewer'], 'first');
    engine.sendText(['viewer'], 'second');
    await until('the viewer hears', () => heard.length === 2);
    expect(heard).toEqual(['first', 'second']);
  });

  it('closes channels of other names, and goes on', async () => {
    const others: DataChannel[] = [];
    const channels: DataChannel[] = [];
    await play((peer) => {
      others.push(peer.createDataChannel('files'), peer.createDataChannel(''));
      channels.push(peer.createDataChannel('chat'));
    });
    const chat = await until('the channel is open', () => channels.find((channel) => channel.isOpen()));
    await until('the others are closed', () => others.every((channel) => !channel.isOpen()));
    chat.sendMessage('still here');
    await until('the server hears', () => said().length === 1);
    expect(events.filter(({ type }) => type === 'text_opened')).toHaveLength(1);
  });

  it('may be closed and opened again', async () => {
    const channels: DataChannel[] = [];
    const client = await play((peer) => channels.push(peer.createDataChannel('chat')));
    const first = await until('the channel is open', () => channels.find((channel) => channel.isOpen()));
    first.close();
    await until('the server knows', () => events.some(({ type }) => type === 'text_closed'));
    const second = client.peer.createDataChannel('chat');
    await until('it is open again', () => second.isOpen());
    const heard = textsOf(second);
    second.sendMessage('again');
    await until('the server hears', () => said().length === 1);
    engine.sendText(['viewer'], 'welcome back');
    await until('the viewer hears', () => heard.length === 1);
    const types = events.map(({ type }) => type);
    expect(types).toEqual(['connected', 'text_opened', 'text_closed', 'text_opened', 'text']);
  });

  it('drops what is not text, and counts it', async () => {
    const chat = await openChat();
    chat.sendMessageBinary(Uint8Array.of(1, 2, 3));
    chat.sendMessage('words');
    await until('the server hears', () => said().length === 1);
    expect(said()).toEqual(['words']);
    expect(engine.stats().refused).toBe(1);
  });

  it('takes a flood for what it is', async () => {
    const chat = await openChat();
    for (let number = 0; number < 500; number += 1) chat.sendMessage(`${number}`);
    await until('all came', () => said().length + engine.stats().refused === 500);
    expect(said().length).toBeLessThan(100);
    expect(said().slice(0, 3)).toEqual(['0', '1', '2']);
  });
});
