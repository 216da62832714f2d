import type { EgressPlan, EgressTrackPlan, ExtensionIds, IceCredentials } from '../media/plan.ts';
import type { LocalSide } from './answer.ts';
import { type MediaOffer, type Offer, type OfferedMedia, parseOffer } from './offer.ts';
import { type OfferedCodec, readParameters } from './offered-codecs.ts';
import { egressPlan, egressTracks, newNumbers, type SourceTrack, type TrackNumbers, writePlay } from './play-answer.ts';
import { SdpError } from './sdp-error.ts';

/** Ours, to a viewer who can not offer. */
export interface PlayOffer {
  readonly text: string;
  readonly tracks: readonly EgressTrackPlan[];
}

/** What a viewer could offer who plays all that we can carry: taken for an offer it becomes ours. */
const ALL_CODECS: OfferedMedia = {
  sections: [
    section('audio', '0', [codec('opus/48000/2', 111)], {}),
    section(
      'video',
      '1',
      [
        codec('VP8/90000', 96, ''),
        codec('VP9/90000', 98, 'profile-id=0'),
        codec('AV1/90000', 100, 'level-idx=5;profile=0;tier=0'),
        ...['42e01f', '4d001f', '640c1f'].map((profile, index) =>
          codec(
            'H264/90000',
            102 + 2 * index,
            `level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=${profile}`,
          ),
        ),
      ],
      { transportCc: 3 },
    ),
  ],
  bundle: ['0', '1'],
  mayMixExtensions: false,
};

/** Offers every codec that might be sent later, the one now published first. `random` gives 32 bits. */
export function offerPlay(local: LocalSide, source: readonly SourceTrack[], random: () => number): PlayOffer {
  const tracks = egressTracks(ALL_CODECS, source, newNumbers(random));
  return { tracks, text: writePlay(ALL_CODECS, { local, setup: 'actpass' }, tracks) };
}

/** Throws `bad_answer`, and `codec_not_offered` where the viewer left out what is published now. */
export function acceptAnswer(
  text: string,
  { tracks }: PlayOffer,
  localIce: IceCredentials,
  source: readonly SourceTrack[],
): { answer: Offer; plan: EgressPlan } {
  const answer = parseAnswer(text, tracks);
  const accepted = badAnswerUnless(() => egressTracks(answer, source, (kind) => numbersOf(tracks, kind)));
  return { answer, plan: egressPlan(answer, localIce, accepted) };
}

/** RFC 3264 section 6: as many m-lines as were offered, in the same order; RFC 5763: one role of the two. */
function parseAnswer(text: string, tracks: readonly EgressTrackPlan[]): Offer {
  const answer = badAnswerUnless(() => parseOffer(text));
  const answered = answer.sections.map(({ type, mid }) => `${type} ${mid}`).join();
  if (answered !== tracks.map(({ kind, mid }) => `${kind} ${mid}`).join()) {
    throw new SdpError('bad_answer', 'the m-lines are not those of the offer');
  }
  if (answer.peer.setup === 'actpass') throw new SdpError('bad_answer', 'a=setup must be active or passive');
  return answer;
}

function badAnswerUnless<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    const isAboutForm = error instanceof SdpError && error.code !== 'codec_not_offered';
    throw isAboutForm ? new SdpError('bad_answer', error.message) : error;
  }
}

function numbersOf(tracks: readonly EgressTrackPlan[], kind: EgressTrackPlan['kind']): TrackNumbers {
  const track = tracks.find((offered) => offered.kind === kind);
  if (!track) throw new SdpError('bad_answer', `no ${kind} was offered`);
  const { ssrc, rtxSsrc, cname } = track;
  return { ssrc, rtxSsrc, cname };
}

function section(
  kind: MediaOffer['kind'],
  mid: string,
  codecs: readonly OfferedCodec[],
  extensions: ExtensionIds,
): MediaOffer {
  return {
    type: kind,
    kind,
    protocol: 'UDP/TLS/RTP/SAVPF',
    formats: [],
    mid,
    direction: 'recvonly',
    hasRtcpMux: true,
    hasReducedSizeRtcp: true,
    codecs,
    extensions,
    ssrcs: [],
    layers: [],
  };
}

/** With parameters: of video, which has retransmissions and everything that keeps a picture whole. */
function codec(rtpmap: string, pt: number, parameters?: string): OfferedCodec {
  if (parameters === undefined) return { pt, rtpmap, parameters: new Map(), feedback: new Set() };
  const feedback = new Set(['nack', 'nack pli', 'transport-cc']);
  return { pt, rtpmap, parameters: readParameters(parameters), feedback, rtxPt: pt + 1 };
}
