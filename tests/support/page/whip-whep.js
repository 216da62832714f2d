// The smallest honest WHIP and WHEP clients: an offer without candidates, one POST, no trickle.
import { openEye } from './eye.js';

async function negotiate(peer, url, token, refine = (sdp) => sdp) {
  const { type, sdp } = await peer.createOffer();
  await peer.setLocalDescription({ type, sdp: refine(sdp) });
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/sdp', ...(token && { authorization: `Bearer ${token}` }) },
    body: peer.localDescription.sdp,
  });
  if (response.status !== 201) throw new Error(`${response.status}: ${await response.text()}`);
  await peer.setRemoteDescription({ type: 'answer', sdp: await response.text() });
  const session = new URL(response.headers.get('location'), response.url);
  globalThis.session = session.href;
  globalThis.restart = () => restart(peer, session, token);
  return async () => {
    peer.close();
    const deleted = await fetch(session, {
      method: 'DELETE',
      headers: token ? { authorization: `Bearer ${token}` } : {},
    });
    return deleted.status;
  };
}

/** New ICE credentials for both sides (RFC 9725 section 4.3.3). Resolves once the path with them is in use. */
async function restart(peer, session, token) {
  const { sdp: answer } = peer.remoteDescription;
  await peer.setLocalDescription(await peer.createOffer({ iceRestart: true }));
  const own = credentials(peer.localDescription.sdp);
  const [media, mid] = ['m=', 'a=mid:'].map((start) => line(peer.localDescription.sdp, start));
  const response = await fetch(session, {
    method: 'PATCH',
    headers: {
      'content-type': 'application/trickle-ice-sdpfrag',
      'if-match': '*',
      ...(token && { authorization: `Bearer ${token}` }),
    },
    body: `${[media, mid, ...own].join('\r\n')}\r\n`,
  });
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
  const theirs = credentials(await response.text());
  const sdp = credentials(answer).reduce((text, old, index) => text.replaceAll(old, theirs[index]), answer);
  await peer.setRemoteDescription({ type: 'answer', sdp });
  const [transceiver] = peer.getTransceivers();
  const { iceTransport } = (transceiver.sender.transport ?? transceiver.receiver.transport) || {};
  const isNew = () => own[0].endsWith(`:${iceTransport.getSelectedCandidatePair()?.local.usernameFragment}`);
  while (!isNew()) await new Promise((resolve) => setTimeout(resolve, 20));
}

const line = (sdp, start) => sdp.split('\r\n').find((one) => one.startsWith(start));
const credentials = (sdp) => ['a=ice-ufrag:', 'a=ice-pwd:'].map((start) => line(sdp, start));

/**
 * Publishes the fake camera and microphone; `video` is a codec name or false, `audio` true or false, `layers` the
 * encodings of a simulcast. Returns how to stop.
 */
export async function publish({ url, key, video = 'VP8', audio = true, layers }) {
  const peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  const media = await navigator.mediaDevices.getUserMedia({
    audio,
    video: video && { width: layers ? 1280 : 640, height: layers ? 720 : 360, frameRate: 30 },
  });
  for (const track of media.getTracks()) {
    const sendEncodings = track.kind === 'video' && layers ? layers : [{}];
    const transceiver = peer.addTransceiver(track, { direction: 'sendonly', streams: [media], sendEncodings });
    if (track.kind === 'video') transceiver.setCodecPreferences(onlyCodec(video));
  }
  return negotiate(peer, url, key);
}

/**
 * Plays into the page's `<video>`, with a jitter buffer of at least `bufferMs` where given; with `hasChat` by a data channel too,
 * and what comes on it is in `heard`. Returns how to stop.
 */
export async function play({ url, token, bufferMs, hasChat }) {
  const peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  if (hasChat) openChat(peer);
  const media = new MediaStream();
  for (const kind of ['video', 'audio']) {
    const { receiver } = peer.addTransceiver(kind, { direction: 'recvonly' });
    if (bufferMs) receiver.jitterBufferTarget = bufferMs;
  }
  peer.addEventListener('track', ({ track }) => media.addTrack(track));
  const element = document.querySelector('video');
  element.srcObject = media;
  const stop = await negotiate(peer, url, token, withRoundTrip);
  element.play().catch(() => {}); // Without a picture there is nothing to play.
  globalThis.openEye = () => openEye(element, peer);
  return stop;
}

function openChat(peer) {
  globalThis.heard = [];
  globalThis.chat = peer.createDataChannel('chat');
  chat.onmessage = ({ data }) => heard.push(JSON.parse(data));
}

/** As `play`, by a player who can not offer: it takes the server's offer and answers that. */
export async function takeOffer({ url }) {
  const peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  const media = new MediaStream();
  peer.addEventListener('track', ({ track }) => media.addTrack(track));
  const element = document.querySelector('video');
  element.srcObject = media;
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/sdp' } });
  if (response.status !== 406) throw new Error(`${response.status}: ${await response.text()}`);
  await peer.setRemoteDescription({ type: 'offer', sdp: await response.text() });
  await peer.setLocalDescription();
  const session = new URL(response.headers.get('location'), response.url);
  const answered = await fetch(session, {
    method: 'PATCH',
    headers: { 'content-type': 'application/sdp', 'if-match': response.headers.get('etag') },
    body: peer.localDescription.sdp,
  });
  if (answered.status !== 204) throw new Error(`${answered.status}: ${await answered.text()}`);
  globalThis.session = session.href;
  element.play().catch(() => {}); // Without a picture there is nothing to play.
  return async () => {
    peer.close();
    return (await fetch(session, { method: 'DELETE' })).status;
  };
}

/** Plays until the first picture is shown, and how many milliseconds that took. */
export async function firstPicture(options) {
  const startedMs = performance.now();
  const shown = new Promise((resolve) => document.querySelector('video').requestVideoFrameCallback(resolve));
  const stop = await play(options);
  await shown;
  const tookMs = performance.now() - startedMs;
  await stop();
  return tookMs;
}

/** As the site's own player asks for it. */
function withRoundTrip(offer) {
  return offer.replaceAll(/^a=rtcp-fb:(\d+) nack\r\n/gm, '$&a=rtcp-fb:$1 rrtr\r\n');
}

function onlyCodec(name) {
  const wanted = [`video/${name}`, 'video/rtx'].map((type) => type.toLowerCase());
  return RTCRtpSender.getCapabilities('video').codecs.filter((codec) => wanted.includes(codec.mimeType.toLowerCase()));
}
