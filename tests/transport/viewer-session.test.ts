import { beforeEach, describe, expect, test } from 'vitest';
import type { Layer } from '../../src/media/layer.ts';
import { TOP } from '../../src/media/layer-facts.ts';
import type { LayerOffer } from '../../src/media/layer-selector.ts';
import type { OperatingPoint } from '../../src/media/operating-point.ts';
import type { EgressPlan } from '../../src/media/plan.ts';
import { TransportCcRecorder } from '../../src/media/transport-cc.ts';
import { Destination } from '../../src/transport/datagram-writer.ts';
import { DtlsContext } from '../../src/transport/dtls.ts';
import { endpointFromText } from '../../src/transport/endpoint.ts';
import { FanOut } from '../../src/transport/fan-out.ts';
import { MediaMemory } from '../../src/transport/media-memory.ts';
import { PeerConnection } from '../../src/transport/peer-connection.ts';
import { SrtpSender } from '../../src/transport/srtp-session.ts';
import { ViewerSession } from '../../src/transport/viewer-session.ts';
import { input, makeLayer, pushed, vp9Payload } from '../media/packets.ts';
import { CollectingPort } from './collecting-port.ts';
import { clientCertificate, fingerprintOf, serverCertificate } from './dtls-pair.ts';
import { batch, payloadPlan } from './receiving-viewer.ts';
import { keyPair, PROFILES, scratch } from './srtp-bytes.ts';

const STEP_MS = 5;
const PICTURE_MS = 35;
const CHOICE_MS = 250;
const WIDE_BPS = 5_000_000;
const THIN_BPS = 450_000;
const QUEUE_MS = 1000;
const CLIENT_CLOCK_MS = 123_456;
const KEYFRAME_EVERY = 60;
/** The beginning of a key frame of VP9. */
const KEY = Uint8Array.of(0x82, 0x49, 0x83, 0x42, 0, 0, 0, 0, 0);
const dtls = new DtlsContext(serverCertificate);

const plan: EgressPlan = {
  peer: {
    localIce: { ufrag: 'ours', pwd: 'p'.repeat(24) },
    remoteIce: { ufrag: 'them', pwd: 'q'.repeat(24) },
    fingerprints: [fingerprintOf(clientCertificate)],
    dtlsRole: 'server',
  },
  tracks: [
    {
      mid: '0',
      kind: 'video',
      payloads: [payloadPlan('vp9', true)],
      ssrc: 1,
      rtxSsrc: 2,
      cname: 'c',
      transportCcId: 4,
      isSentWhatFits: true,
    },
  ],
};

/** As if ICE and DTLS were done; what comes from it is in the clear. */
class ConnectedPeer extends PeerConnection {
  readonly #sender = new SrtpSender(keyPair(PROFILES.aead_aes_128_gcm).server, scratch);
  readonly #destination = new Destination(endpointFromText('127.0.0.1', 9));

  override get sender() {
    return this.#sender;
  }

  override get destination() {
    return this.#destination;
  }

  override openRtcp({ bytes }: { readonly bytes: Uint8Array }): Uint8Array {
    return bytes;
  }
}

/** A viewer of VP9 in two spatial and two temporal layers, or of a smaller picture besides, and his link. */
class Watching {
  linkBps = WIDE_BPS;
  nowMs = 0;
  readonly session: ViewerSession;
  readonly whole: Layer;
  readonly small: Layer;
  /** What was chosen, with what was settled at that time. */
  readonly choices: { readonly what: string; readonly isDraining: boolean; readonly rests: boolean }[] = [];
  readonly #port = new CollectingPort();
  readonly #recorder = new TransportCcRecorder({ senderSsrc: 9, mediaSsrc: 1 });
  readonly #flying: { readonly seq: number; readonly ms: number }[] = [];
  readonly #ladder: readonly LayerOffer<OperatingPoint>[];
  #transportSeq = 0;
  #freeMs = 0;
  #pictures = 0;

  constructor(ladderOf: (whole: Layer, small: Layer) => readonly LayerOffer<OperatingPoint>[]) {
    const memory = new MediaMemory();
    this.whole = makeLayer({ rid: 'h', cache: memory.createCache('video') });
    this.small = makeLayer({ rid: 'l', cache: memory.createCache('video') });
    this.#ladder = ladderOf(this.whole, this.small);
    const port = { send: () => {}, writerFor: () => this.#port };
    const peer = new ConnectedPeer({ port, dtls, scratch }, plan.peer, 0);
    const fanOut = new FanOut({ port: this.#port, memory });
    this.session = new ViewerSession({ id: 'v', streamId: 's', plan, peer, fanOut });
    this.session.connected(0);
  }

  get sent(): string | undefined {
    return this.choices.at(-1)?.what;
  }

  run(ms: number): void {
    for (const endMs = this.nowMs + ms; this.nowMs < endMs; this.nowMs += STEP_MS) this.#step();
  }

  #step(): void {
    const { nowMs, session } = this;
    if (session.takeDueChoice(nowMs) || nowMs % CHOICE_MS === 0) this.#choose();
    if (nowMs % PICTURE_MS === 0) this.#picture();
    session.probe(nowMs);
    for (const datagram of this.#port.take()) this.#carry(datagram.length);
    while ((this.#flying[0]?.ms ?? Number.POSITIVE_INFINITY) <= nowMs) {
      const packet = this.#flying.shift();
      if (packet) this.#recorder.received(packet.seq, packet.ms + CLIENT_CLOCK_MS);
    }
    const bytes = this.#recorder.feedback(nowMs + CLIENT_CLOCK_MS);
    if (bytes) session.receiveRtcp({ address: 0, bytes }, 0, bytes.length, nowMs);
  }

  #choose(): void {
    const { session, nowMs } = this;
    const track = session.track('video');
    const point = session.choose(this.#ladder, nowMs);
    const isDraining = session.isDraining(nowMs);
    this.choices.push({ what: nameOf(point), isDraining, rests: track?.rests === true });
    if (!point || isDraining) return;
    track?.limit(point);
    track?.follow(point.layer, nowMs);
  }

  #picture(): void {
    const index = this.#pictures;
    this.#pictures += 1;
    for (const layer of [this.whole, this.small]) {
      const packets = [0, 1, 1, 1].map((spatialId, part) => {
        const head = vp9Payload({ spatialId, temporalId: index % 2, isStart: part < 2, isEnd: part !== 1 });
        const frame = index % KEYFRAME_EVERY === 0 && part === 0 ? [head.subarray(0, 4), KEY] : [head];
        const payload = Buffer.concat([...frame, Buffer.alloc(layer === this.whole ? 900 : 100)]);
        const at = { payload, timestamp: index * PICTURE_MS * 90, marker: part === 3 };
        return pushed(layer, input(index * 4 + part, { codec: 'vp9', ...at }), this.nowMs);
      });
      this.session.track('video')?.offer(batch(packets), this.nowMs);
    }
  }

  #carry(bytes: number): void {
    const seq = this.#transportSeq & 0xffff;
    this.#transportSeq += 1;
    const startMs = Math.max(this.#freeMs, this.nowMs);
    if (startMs - this.nowMs > QUEUE_MS) return;
    this.#freeMs = startMs + (bytes * 8000) / this.linkBps;
    this.#flying.push({ seq, ms: this.#freeMs });
  }
}

function nameOf(point: OperatingPoint | undefined): string {
  if (!point) return 'nothing';
  const { layer, spatialId, temporalId, isWhole } = point;
  if (isWhole) return `the whole of ${layer.rid}`;
  return `${layer.rid} ${spatialId}/${temporalId === TOP ? 'top' : temporalId}`;
}

const offer = (layer: OperatingPoint, bitrateBps: number) => ({ layer, rid: layer.layer.rid, bitrateBps });

describe('a link that falls to half of what is sent', () => {
  let viewer: Watching;

  describe('where less of the same layer fits', () => {
    beforeEach(() => {
      viewer = new Watching(({ points }) => [
        offer(points.at(0, 0), 110_000),
        offer(points.at(0, TOP), 220_000),
        offer(points.whole, 860_000),
      ]);
      viewer.run(5000);
      expect(viewer.sent).toBe('the whole of h');
      viewer.choices.length = 0;
      viewer.linkBps = THIN_BPS;
      viewer.run(5000);
    });

    test('is sent the least of it until the queue is gone, and then what fits', () => {
      const after = viewer.choices.map(({ what }) => what).filter((what) => what !== 'the whole of h');
      expect(after[0]).toBe('h 0/0');
      expect(viewer.sent).toBe('h 0/top');
    });

    test('is sent something all the time, so that what was lost can be mended', () => {
      expect(viewer.choices.some(({ rests, isDraining }) => rests || isDraining)).toBe(false);
    });
  });

  test('where another layer fits, is sent nothing until the queue is gone', () => {
    viewer = new Watching((whole, small) => [offer(small.points.whole, 110_000), offer(whole.points.whole, 860_000)]);
    viewer.run(5000);
    expect(viewer.sent).toBe('the whole of h');
    viewer.choices.length = 0;
    viewer.linkBps = THIN_BPS;
    viewer.run(5000);
    const fallen = viewer.choices.filter(({ what }) => what === 'the whole of l');
    expect(fallen[0]).toMatchObject({ rests: true, isDraining: true });
    expect(viewer.choices.at(-1)).toMatchObject({ what: 'the whole of l', isDraining: false });
  });
});
