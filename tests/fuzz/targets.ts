import type { FuzzTarget } from './target.ts';
import { apiTargets } from './targets/api.ts';
import { chatTargets } from './targets/chat.ts';
import { dtlsTargets } from './targets/dtls.ts';
import { httpTargets } from './targets/http.ts';
import { imageTargets } from './targets/images.ts';
import { packetTargets } from './targets/packets.ts';
import { peerTargets } from './targets/peers.ts';
import { renditionTargets } from './targets/renditions.ts';
import { sctpTargets } from './targets/sctp.ts';
import { sdpTargets } from './targets/sdp.ts';
import { viewerTokenTargets } from './targets/viewer-tokens.ts';

/** Every edge where what strangers and peers send comes in. */
export const targets: readonly FuzzTarget[] = [
  ...sdpTargets,
  ...packetTargets,
  ...renditionTargets,
  ...dtlsTargets,
  ...sctpTargets,
  ...httpTargets,
  ...apiTargets,
  ...imageTargets,
  ...peerTargets,
  ...viewerTokenTargets,
  ...chatTargets,
];
