import nodeDataChannel, { type DataChannel, type PeerConnection } from 'node-datachannel';
import type { LocalSide } from '../../src/sdp/answer.ts';
import { parseOffer } from '../../src/sdp/offer.ts';
import { answerPlay } from '../../src/sdp/play-answer.ts';

import { afterTest } from './after-test.ts';
import type { ServerSide } from './rtc-client.ts';

const LOCAL_ICE = { ufrag: 'ours', pwd: 'ourOwnPasswordOf24Chars+' };

let numbers = 5000;

/** A viewer by libdatachannel, which has SCTP of its own: usrsctp. */
export class RtcDataClient {
  readonly peer: PeerConnection;
  private constructor(name: string) {
    this.peer = new nodeDataChannel.PeerConnection(name, { iceServers: [], disableAutoNegotiation: true });
    afterTest(() => this.peer.close());
  }

  /** `prepare` adds the channels that the offer is to have. */
  static async play(
    options: { engine: ServerSide; fingerprint: string; sessionId: string; port?: number },
    prepare: (peer: PeerConnection) => void,
  ): Promise<RtcDataClient> {
    const { engine, fingerprint, sessionId } = options;
    const client = new RtcDataClient(sessionId);
    const audio = new nodeDataChannel.Audio('sound', 'RecvOnly');
    audio.addOpusCodec(111);
    client.peer.addTrack(audio);
    prepare(client.peer);
    client.peer.setLocalDescription('offer');
    const offer = client.peer.localDescription()?.sdp ?? '';
    const local: LocalSide = {
      ice: { ...LOCAL_ICE, ufrag: `${LOCAL_ICE.ufrag}${++numbers}` },
      fingerprint,
      candidates: [{ address: '127.0.0.1', port: options.port ?? engine.port }],
      sessionId: '1',
    };
    const { plan, answer } = answerPlay(parseOffer(offer), local, [], () => ++numbers);
    await engine.openViewer({ sessionId, streamId: 'stream', thread: 0, plan });
    client.peer.setRemoteDescription(answer, 'answer');
    return client;
  }
}

/** Every text that comes on a channel, in order. */
export function textsOf(channel: DataChannel): string[] {
  const texts: string[] = [];
  channel.onMessage((message) => texts.push(String(message)));
  return texts;
}
