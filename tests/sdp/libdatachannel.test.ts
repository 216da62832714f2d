import nodeDataChannel, { type PeerConnection } from 'node-datachannel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseOffer } from '../../src/sdp/offer.ts';
import { answerPlay } from '../../src/sdp/play-answer.ts';
import { answerTo, local, summary } from './offers.ts';

const { Audio, PeerConnection: Peer, Video } = nodeDataChannel;

let peer: PeerConnection;

beforeEach(() => {
  peer = new Peer('client', { iceServers: [], disableAutoNegotiation: true });
});

afterEach(() => peer.close());

function offerOf(direction: 'SendOnly' | 'RecvOnly'): string {
  const audio = new Audio('sound', direction);
  audio.addOpusCodec(111);
  const video = new Video('picture', direction);
  video.addH264Codec(96, 'profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1');
  video.addVP8Codec(97);
  if (direction === 'SendOnly') {
    audio.addSSRC(11, 'us', 'us', 'us-audio');
    video.addSSRC(22, 'us', 'us', 'us-video');
  }
  peer.addTrack(audio);
  peer.addTrack(video);
  peer.setLocalDescription('offer');
  return peer.localDescription()?.sdp ?? '';
}

/** What the library itself understood, in its own words. */
function understood(): readonly string[] {
  const lines = (peer.remoteDescription()?.sdp ?? '').split('\r\n');
  return lines.filter((line) => /^(m=|a=(mid|setup|rtpmap|sendonly|recvonly|candidate))/.test(line));
}

describe('libdatachannel, the library of OBS', () => {
  it('takes the answer to its offer to publish', () => {
    const { plan, answer } = answerTo(offerOf('SendOnly'));
    expect(summary(plan).map((line) => line.split(' | ').slice(0, 3).join(' '))).toEqual([
      'audio sound opus/111/-',
      'video picture h264/96/-',
    ]);
    peer.setRemoteDescription(answer, 'answer');
    expect(peer.signalingState()).toBe('stable');
    const lines = understood();
    expect(lines.filter((line) => line.startsWith('a=rtpmap'))).toEqual([
      'a=rtpmap:111 opus/48000/2',
      'a=rtpmap:96 H264/90000',
    ]);
    expect(lines.filter((line) => line === 'a=recvonly')).toHaveLength(2);
    expect(lines).toContain('a=setup:passive');
    expect(lines.some((line) => line.includes('192.0.2.10 8189 typ host'))).toBe(true);
  });

  it('takes the answer to its offer to play', () => {
    let number = 1;
    const { plan, answer } = answerPlay(parseOffer(offerOf('RecvOnly')), local, [], () => number++);
    expect(plan.tracks[1]?.payloads.map(({ codec }) => codec.name)).toEqual(['h264', 'vp8']);
    peer.setRemoteDescription(answer, 'answer');
    expect(peer.signalingState()).toBe('stable');
    expect(understood().filter((line) => line === 'a=sendonly')).toHaveLength(2);
  });
});
