/**
 * What an offer and its answer agreed on, as plain data: made by `sdp`, carried to a media thread as a message,
 * obeyed by `transport`. Numbers are those on the wire.
 */

export type MediaKind = 'audio' | 'video';

export type CodecName = 'opus' | 'h264' | 'vp8' | 'vp9' | 'av1';

/** One codec as a publisher was told to send it. `fmtp` is the parameter string of RFC 8866 `a=fmtp`, empty when there is none. */
export interface Codec {
  readonly name: CodecName;
  readonly clockRate: number;
  readonly fmtp: string;
}

/** A payload type both sides agreed on; `rtxPt` carries its retransmissions (RFC 4588) where that was agreed too. */
export interface PayloadPlan {
  readonly pt: number;
  readonly codec: Codec;
  readonly rtxPt?: number;
  readonly hasNack: boolean;
  readonly hasPli: boolean;
  readonly hasTransportCc: boolean;
  readonly hasRemb: boolean;
}

/** RTP header extension ids of one m-section, absent where not agreed on. */
export interface ExtensionIds {
  readonly mid?: number;
  readonly rid?: number;
  readonly repairedRid?: number;
  readonly transportCc?: number;
  readonly dependencyDescriptor?: number;
  /** How loud a packet's sound is (RFC 6464). */
  readonly audioLevel?: number;
}

export interface IngestTrackPlan {
  readonly mid: string;
  readonly kind: MediaKind;
  readonly payloads: readonly PayloadPlan[];
  readonly extensions: ExtensionIds;
  /** From `a=ssrc`; empty where the offer names none and packets tell by mid, rid or payload type. */
  readonly ssrcs: readonly { readonly ssrc: number; readonly rtxSsrc?: number }[];
  /** Simulcast layers accepted, in the order of the offer; empty without simulcast. */
  readonly rids: readonly string[];
  /** Simulcast, or an offer such as browsers make for a stream of temporal or spatial layers. */
  readonly mayHaveLayers: boolean;
}

export interface EgressTrackPlan {
  readonly mid: string;
  readonly kind: MediaKind;
  /** Every codec this viewer can be sent, the one now published first. */
  readonly payloads: readonly PayloadPlan[];
  readonly ssrc: number;
  readonly rtxSsrc: number;
  readonly cname: string;
  /** The header extension of transport-wide congestion control, where it was agreed on: then with RTX for every codec. */
  readonly transportCcId?: number;
  /** The stream has layers: by what the viewer's link tells from the start, he is sent one that it carries. */
  readonly isSentWhatFits?: boolean;
}

/** An address to put into an ICE candidate line. */
export interface CandidateAddress {
  readonly address: string;
  readonly port: number;
}

export interface IceCredentials {
  readonly ufrag: string;
  readonly pwd: string;
}

/** `value` in bytes: 32 for sha-256, 48 for sha-384, 64 for sha-512. */
export interface Fingerprint {
  readonly algorithm: 'sha-256' | 'sha-384' | 'sha-512';
  readonly value: Uint8Array;
}

/** How to reach and to know the other side. */
export interface PeerPlan {
  readonly localIce: IceCredentials;
  readonly remoteIce: IceCredentials;
  /** The peer's certificate must match one of these (RFC 8122). */
  readonly fingerprints: readonly Fingerprint[];
  /** Ours: `server` waits for the ClientHello (`a=setup:passive`), `client` sends it (`a=setup:active`). */
  readonly dtlsRole: 'server' | 'client';
}

export interface IngestPlan {
  readonly peer: PeerPlan;
  readonly tracks: readonly IngestTrackPlan[];
}

/** Data channels beside the media (RFC 8831). */
export interface DataPlan {
  readonly mid: string;
  /** Bytes of a message that the other side takes, 0 for any. */
  readonly maxMessageSize: number;
}

/** Of data channels on our side, as every answer says it. */
export const OUR_DATA = { port: 5000, maxMessageSize: 4096 } as const;

export interface EgressPlan {
  readonly peer: PeerPlan;
  readonly tracks: readonly EgressTrackPlan[];
  /** Where the viewer offered it. */
  readonly data?: DataPlan;
}
