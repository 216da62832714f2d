// Loaded into Chromium pages: joins and measures by the page's own clock.
{
  const nowMs = () => performance.timeOrigin + performance.now();

  async function receiver() {
    const peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
    const media = new MediaStream();
    peer.addTransceiver('video', { direction: 'recvonly' });
    peer.addTransceiver('audio', { direction: 'recvonly' });
    peer.addEventListener('track', ({ track }) => media.addTrack(track));
    await peer.setLocalDescription();
    return { peer, media };
  }

  async function post(peer, url, token) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/sdp', ...(token && { authorization: `Bearer ${token}` }) },
      body: peer.localDescription.sdp,
    });
    if (response.status !== 201) throw new Error(`${response.status}: ${await response.text()}`);
    const answered = performance.now();
    await peer.setRemoteDescription({ type: 'answer', sdp: await response.text() });
    return { answered, session: new URL(response.headers.get('location'), url) };
  }

  /** The first frame that the decoder hands out, before any page or screen has to be drawn. */
  async function firstDecoded(media) {
    const track = media.getVideoTracks()[0];
    const reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
    const { value } = await reader.read();
    const at = performance.now();
    value.close();
    await reader.cancel();
    return at;
  }

  /** One join, in ms from the POST. */
  async function join({ url }) {
    const { peer, media } = await receiver();
    const element = document.querySelector('video');
    element.muted = true;
    element.srcObject = media;
    const presented = new Promise((resolve) => element.requestVideoFrameCallback((now) => resolve(now)));
    const connected = new Promise((resolve) => {
      peer.addEventListener(
        'connectionstatechange',
        () => peer.connectionState === 'connected' && resolve(performance.now()),
      );
    });
    const start = performance.now();
    const { answered, session } = await post(peer, url);
    element.play().catch(() => {});
    const decoded = await firstDecoded(media);
    const times = { answered, connected: await connected, decoded, presented: await presented };
    peer.close();
    element.srcObject = null;
    await fetch(session, { method: 'DELETE' });
    return Object.fromEntries(Object.entries(times).map(([name, at]) => [name, at - start]));
  }

  // The time of day in milliseconds, modulo 2^20, as black and white fields; every second field is the opposite of the
  // one before, so that a picture between two times is recognised and passed over.
  const BITS = 20;
  const [WIDTH, HEIGHT, ROWS] = [640, 360, 4];
  const field = (index) => ({
    x: (index % (BITS / 2)) * (WIDTH / (BITS / 2)),
    y: Math.floor(index / (BITS / 2)) * (HEIGHT / ROWS),
    width: WIDTH / (BITS / 2),
    height: HEIGHT / ROWS,
  });

  function drawTime(context, timeMs) {
    const value = Math.floor(timeMs) % 2 ** BITS;
    for (let index = 0; index < 2 * BITS; index += 1) {
      const bit = (value >> (index % BITS)) & 1;
      const { x, y, width, height } = field(index);
      context.fillStyle = bit === (index < BITS ? 1 : 0) ? '#fff' : '#000';
      context.fillRect(x, y, width, height);
    }
  }

  function readTime(context) {
    let value = 0;
    const isWhite = (index) => {
      const { x, y, width, height } = field(index);
      return context.getImageData(x + width / 2, y + height / 2, 1, 1).data[0] > 127;
    };
    for (let index = 0; index < BITS; index += 1) {
      if (isWhite(index) === isWhite(index + BITS)) return undefined;
      if (isWhite(index)) value += 2 ** index;
    }
    return value;
  }

  // Each page has its own zero of time. Whoever is asked says what time it is; the quickest of many answers tells the
  // difference to within half its round trip.
  const channel = new BroadcastChannel('bench-clock');

  function answerClock() {
    channel.addEventListener('message', ({ data }) => {
      if (data.asked !== undefined) channel.postMessage({ answered: data.asked, at: nowMs() });
    });
  }

  async function clockDifference() {
    let best = { roundTrip: Number.POSITIVE_INFINITY, difference: 0 };
    for (let ask = 0; ask < 50; ask += 1) {
      const sent = nowMs();
      const at = await new Promise((resolve) => {
        channel.onmessage = ({ data }) => data.answered === sent && resolve(data.at);
        channel.postMessage({ asked: sent });
      });
      const received = nowMs();
      if (received - sent < best.roundTrip) {
        best = { roundTrip: received - sent, difference: at - (sent + received) / 2 };
      }
    }
    return best;
  }

  /** Publishes a clock of 640 x 360 at 30 fps. */
  async function publishClock({ url, key }) {
    const canvas = Object.assign(document.createElement('canvas'), { width: WIDTH, height: HEIGHT });
    const context = canvas.getContext('2d', { alpha: false });
    drawTime(context, nowMs());
    answerClock();
    const stream = canvas.captureStream(30);
    setInterval(() => drawTime(context, nowMs()), 1000 / 30);
    const peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
    peer.addTransceiver(stream.getVideoTracks()[0], { direction: 'sendonly', streams: [stream] });
    await peer.setLocalDescription();
    await post(peer, url, key);
  }

  /** How old so many pictures were when the page had them, in ms. With `height` those of that size alone. */
  function agesOf(element, { skip, pictures, height, difference }) {
    const canvas = new OffscreenCanvas(WIDTH, HEIGHT);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    const ages = [];
    let seen = 0;
    return new Promise((resolve) => {
      const onFrame = () => {
        const at = nowMs() + difference;
        if (height === undefined || element.videoHeight === height) {
          context.drawImage(element, 0, 0, WIDTH, HEIGHT);
          const shown = readTime(context);
          seen += 1;
          if (shown !== undefined && seen > skip) ages.push((Math.floor(at) - shown + 2 ** BITS) % 2 ** BITS);
        }
        if (ages.length >= pictures) resolve(ages);
        else element.requestVideoFrameCallback(onFrame);
      };
      element.requestVideoFrameCallback(onFrame);
    });
  }

  /** Plays so many pictures over WebRTC; with `rid` those of that layer, which has so many lines. */
  async function watchClock({ url, skip, pictures, rid, height }) {
    const { peer, media } = await receiver();
    const element = document.querySelector('video');
    element.muted = true;
    element.srcObject = media;
    const { roundTrip, difference } = await clockDifference();
    const { session } = await post(peer, url);
    element.play().catch(() => {});
    if (rid !== undefined) await chooseLayer(session, rid);
    const ages = await agesOf(element, { skip, pictures, height, difference });
    peer.close();
    element.srcObject = null;
    return { ages, roundTrip, difference };
  }

  async function chooseLayer(session, rid) {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${session}/layer`, { method: 'POST', headers, body: JSON.stringify({ rid }) });
    if (!response.ok) throw new Error(`layer ${rid}: ${response.status} ${await response.text()}`);
  }

  /** The same by DASH, in a page that has Shaka, as the site's own player is set. */
  async function watchDashClock({ url, skip, pictures }) {
    const element = document.querySelector('video');
    element.muted = true;
    const { roundTrip, difference } = await clockDifference();
    const player = new globalThis.shaka.Player();
    await player.attach(element);
    player.configure({ streaming: { liveSync: { enabled: true } } });
    await player.load(url);
    element.play().catch(() => {});
    const ages = await agesOf(element, { skip, pictures, difference });
    await player.destroy();
    return { ages, roundTrip, difference };
  }

  globalThis.bench = { join, publishClock, watchClock, watchDashClock };
}
