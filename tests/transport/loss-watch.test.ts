import { expect, test } from 'vitest';
import { TransportCcRecorder } from '../../src/media/transport-cc.ts';
import { LossWatch } from '../../src/transport/loss-watch.ts';
import { MediaMemory } from '../../src/transport/media-memory.ts';
import { h264Payload, input, makeLayer, pushed } from '../media/packets.ts';
import { batch, RTX_SSRC, Viewer } from './receiving-viewer.ts';

const EXTENSION = 4;
const RTCP_HEADER = 12;

test('a viewer who loses many packets gets again what his feedback says is lost, without a NACK', () => {
  const memory = new MediaMemory();
  const layer = makeLayer({ rid: '', cache: memory.createCache('video') });
  const viewer = new Viewer(memory);
  const watch = new LossWatch(EXTENSION);
  const recorder = new TransportCcRecorder({ senderSsrc: 1, mediaSsrc: 2 });
  const send = (seq: number) => {
    const payload = h264Payload(seq === 1 ? 'sps' : 'first slice', seq);
    viewer.track.offer(batch([pushed(layer, input(seq, { payload, timestamp: seq * 3000, marker: true }))]), 0);
  };

  viewer.track.follow(layer, 0);
  send(1);
  expect(viewer.received().map(({ transportSeq }) => transportSeq)).toEqual([undefined]);
  viewer.track.watchLosses(watch);
  for (const seq of [2, 3, 4, 5]) send(seq);
  const received = viewer.received();
  expect(received.map(({ seq, transportSeq }) => [seq, transportSeq])).toEqual([
    [101, 0],
    [102, 1],
    [103, 2],
    [104, 3],
  ]);
  for (const seq of [0, 2, 3]) recorder.received(seq, 10);
  const lost = watch.lost(recorder.feedback(200)?.subarray(RTCP_HEADER) ?? new Uint8Array());
  expect(lost).toEqual([102]);
  viewer.track.resend(lost, 50, 200);
  const again = viewer.received();
  expect(again.map(({ ssrc, payload }) => [ssrc, payload.readUInt16BE(0)])).toEqual([[RTX_SSRC, 102]]);
  expect(again[0]?.payload.subarray(2)).toEqual(received[1]?.payload);
});
