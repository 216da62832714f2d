import { describe, expect, it } from 'vitest';
import { SessionDescription } from 'werift';
import { answerTo, clients, local, offerOf, sectionOf, sessionOf, summary, withVideo } from './offers.ts';

const opus = 'opus/111/-';
const chromium = 'mid=4,rid=10,repairedRid=11,transportCc=3';
const all = 'nack+pli+tcc+remb';

const expected: Readonly<Record<string, { role?: 'client'; tracks: readonly string[] }>> = {
  'chromium-156-eyevinn-publish': {
    tracks: [
      `audio | 0 | ${opus} | tcc | audioLevel=1,mid=4,transportCc=3 | 3690634176/- | `,
      `video | 1 | vp8/96/97 | ${all} | ${chromium} | 4218531913/1592364237 | `,
    ],
  },
  'chromium-156-publish-h264': {
    tracks: [
      `audio | 0 | ${opus} | tcc | audioLevel=1,mid=4,transportCc=3 | 3906603112/- | `,
      `video | 1 | h264/102/- | ${all} | ${chromium} | 3244818797/- | `,
    ],
  },
  'chromium-156-publish-vp8': {
    tracks: [
      `audio | 0 | ${opus} | tcc | audioLevel=1,mid=4,transportCc=3 | 16125286/- | `,
      `video | 1 | vp8/96/- | ${all} | ${chromium} | 1038838350/- | `,
    ],
  },
  'chromium-156-simulcast-3': {
    tracks: [
      `audio | 0 | ${opus} | tcc | audioLevel=1,mid=4,transportCc=3 | 3846330808/- | `,
      `video | 1 | vp8/96/- | ${all} | ${chromium} |  | q,h,f`,
    ],
  },
  'ffmpeg-9.0.2-whip': {
    role: 'client',
    tracks: [
      `audio | 0 | ${opus} |  |  | 836960278/- | `,
      'video | 1 | h264/106/105 | nack |  | 836960279/836960280 | ',
    ],
  },
  'ffmpeg-9.0.2-whip-dtls-active': { tracks: ['video | 1 | h264/106/105 | nack |  | 1755243340/1755243341 | '] },
  'firefox-153-publish-vp8': {
    tracks: [
      'audio | 0 | opus/109/- | tcc | audioLevel=1,mid=3,transportCc=7 | 520772587/- | ',
      `video | 1 | vp8/120/124 | ${all} | mid=3,transportCc=7 | 1991006703/1320129484 | `,
    ],
  },
  'gstreamer-1.28-webrtcbin-whip-client': {
    tracks: ['video | video0 | h264/96/- | pli |  | 2/- | ', 'audio | audio1 | opus/100/- |  |  | 1/- | '],
  },
  'libdatachannel-0.24.5': {
    tracks: [`audio | 0 | ${opus} |  |  | 254881368/- | `, 'video | 1 | h264/96/- | nack+pli+remb |  | 254881369/- | '],
  },
  'obs-32.2.2': {
    tracks: [
      `audio | 0 | ${opus} |  |  | 2879457222/- | `,
      'video | 1 | h264/96/- | nack+pli+remb | mid=1,rid=2 | 2879457223/- | ',
    ],
  },
  'obs-32.2.2-simulcast-3': {
    tracks: [
      `audio | 0 | ${opus} |  |  | 3429128827/- | `,
      'video | 1 | h264/96/- | nack+pli+remb | mid=1,rid=2 |  | 0,1,2',
    ],
  },
};

describe('the answer to a real publisher', () => {
  const publishers = clients.filter((client) => !client.endsWith('play'));

  it('is checked for every offer that was kept', () => {
    expect(Object.keys(expected).sort()).toEqual([...publishers].sort());
  });

  it.each(publishers)('%s: accepts one codec a section and knows every stream', (client) => {
    const { plan } = answerTo(offerOf(client));
    expect(summary(plan)).toEqual(expected[client]?.tracks);
    expect(plan.peer.dtlsRole).toBe(expected[client]?.role ?? 'server');
    expect(plan.peer.localIce).toEqual(local.ice);
  });

  it.each(publishers)('%s: takes over ICE credentials and certificate as offered', (client) => {
    const text = offerOf(client);
    const { peer } = answerTo(text).plan;
    expect(text).toContain(`a=ice-ufrag:${peer.remoteIce.ufrag}\n`.replace('\n', text.includes('\r') ? '\r\n' : '\n'));
    expect(text).toContain(`a=ice-pwd:${peer.remoteIce.pwd}`);
    const [print] = peer.fingerprints;
    expect(print?.algorithm).toBe('sha-256');
    const hex = Array.from(print?.value ?? [], (byte) => byte.toString(16).padStart(2, '0').toUpperCase());
    expect(text).toContain(`a=fingerprint:sha-256 ${hex.join(':')}`);
  });

  it.each(publishers)('%s: keeps order, mids and protocol of the m-lines, bundled on one lite transport', (client) => {
    const text = offerOf(client);
    const { plan, answer } = answerTo(text);
    const start = (line: string) => line.split(' ').filter((_, index) => index === 0 || index === 2);
    const mLines = (sdp: string) => sdp.split(/\r?\n/).filter((line) => line.startsWith('m='));
    expect(mLines(answer).map(start)).toEqual(mLines(text).map(start));
    const mids = plan.tracks.map(({ mid }) => mid);
    expect(sessionOf(answer)).toEqual([
      'v=0',
      'o=- 4242 1 IN IP4 0.0.0.0',
      's=-',
      't=0 0',
      `a=group:BUNDLE ${mids.join(' ')}`,
      'a=msid-semantic: WMS *',
      'a=ice-lite',
      'a=ice-options:ice2 trickle',
    ]);
    for (const mid of mids) {
      const section = sectionOf(answer, mid);
      expect(section).toContain('a=recvonly');
      expect(section).toContain('a=rtcp-mux');
      expect(section).toContain('a=rtcp-mux-only');
      expect(section).toContain('a=ice-ufrag:Ours');
      expect(section).toContain('a=ice-pwd:ourOwnPasswordOf24Chars+');
      expect(section).toContain(`a=fingerprint:${local.fingerprint}`);
      expect(section).toContain(expected[client]?.role === 'client' ? 'a=setup:active' : 'a=setup:passive');
      expect(section.filter((line) => line === 'a=rtcp-rsize')).toHaveLength(
        sectionOf(text.replaceAll(/\r?\n/g, '\r\n'), mid).includes('a=rtcp-rsize') ? 1 : 0,
      );
    }
    expect(answer.split('\r\n').filter((line) => /^a=(candidate|end-of)/.test(line))).toEqual([
      'a=candidate:1 1 udp 2130706431 192.0.2.10 8189 typ host',
      'a=candidate:2 1 udp 2130706175 2001:db8::10 8190 typ host',
      'a=candidate:3 1 tcp 1520435199 192.0.2.10 8189 typ host tcptype passive',
      'a=candidate:4 1 tcp 1520434943 2001:db8::10 8190 typ host tcptype passive',
      'a=end-of-candidates',
    ]);
    expect(sectionOf(answer, mids[0] ?? '')).toContain('a=end-of-candidates');
  });

  it.each(publishers)('%s: reads the same to another implementation', (client) => {
    const { plan, answer } = answerTo(offerOf(client));
    const read = SessionDescription.parse(answer);
    expect(read.media.map(({ direction }) => direction)).toEqual(plan.tracks.map(() => 'recvonly'));
    for (const track of plan.tracks) {
      const media = read.media.find(({ rtp }) => rtp.muxId === track.mid);
      const payload = track.payloads[0];
      expect(media?.kind).toBe(track.kind);
      expect(media?.fmt).toEqual([payload?.pt, payload?.rtxPt].filter((pt) => pt !== undefined));
      expect(media?.rtp.codecs[0]?.parameters ?? '').toBe(payload?.codec.fmtp);
      expect(media?.rtp.headerExtensions.map(({ id }) => id)).toEqual(Object.values(track.extensions));
      expect(media?.simulcastParameters.map(({ rid }) => rid)).toEqual(track.rids);
      expect(media?.dtlsParams?.fingerprints).toHaveLength(1);
    }
  });
});

describe('what an answer to a publisher says', () => {
  it('names every simulcast layer as received', () => {
    const section = sectionOf(answerTo(offerOf('chromium-156-simulcast-3')).answer, '1');
    expect(section.filter((line) => /^a=(rid|simulcast)/.test(line))).toEqual([
      'a=rid:q recv',
      'a=rid:h recv',
      'a=rid:f recv',
      'a=simulcast:recv q;h;f',
    ]);
  });

  const asOffered = { av1: 'AV1', h264: 'H264', vp8: 'VP8', vp9: 'VP9' };
  it.each(Object.entries(asOffered))(
    '%s: agrees on the dependency descriptor where the payload tells too little',
    (name, rtpmap) => {
      const offer = withVideo('sendonly', [96, `${rtpmap}/90000`, 'packetization-mode=1']);
      const extmap =
        'a=extmap:12 https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension';
      const { plan, answer } = answerTo(
        offer.replace('a=setup', 'a=extmap-allow-mixed\r\na=setup').replace('a=rtpmap:96', `${extmap}\r\na=rtpmap:96`),
      );
      const isAgreed = name === 'av1' || name === 'h264';
      expect(plan.tracks[1]?.mayHaveLayers).toBe(true);
      expect(sectionOf(answer, 'v').includes(extmap)).toBe(isAgreed);
      // Its structure is too long for the one-byte form of RFC 8285.
      expect(sessionOf(answer).includes('a=extmap-allow-mixed')).toBe(isAgreed);
    },
  );

  it('keeps stereo and bitrate of Opus where the publisher proposed them', () => {
    expect(sectionOf(answerTo(offerOf('obs-32.2.2')).answer, '0')).toContain(
      'a=fmtp:111 minptime=10;useinbandfec=1;stereo=1;sprop-stereo=1;maxaveragebitrate=96000',
    );
    expect(sectionOf(answerTo(offerOf('chromium-156-publish-vp8')).answer, '0')).toContain(
      'a=fmtp:111 minptime=10;useinbandfec=1',
    );
  });

  it('spells codec names as the client does', () => {
    expect(sectionOf(answerTo(offerOf('gstreamer-1.28-webrtcbin-whip-client')).answer, 'audio1')).toContain(
      'a=rtpmap:100 OPUS/48000/2',
    );
  });

  it('gives H264 parameters back, but not what describes the sender alone', () => {
    const { plan } = answerTo(offerOf('gstreamer-1.28-webrtcbin-whip-client'));
    expect(plan.tracks[0]?.payloads[0]?.codec.fmtp).toBe(
      'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42c01e',
    );
  });

  it('accepts no extension that a browser would use instead of rotating its picture', () => {
    expect(answerTo(offerOf('chromium-156-publish-vp8')).answer).not.toContain('video-orientation');
  });
});
