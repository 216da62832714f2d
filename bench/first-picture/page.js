// Evaluated in a page of any browser.

/** Joins a stream of numbered pictures until the first one is there, or for `ms`; when which one was shown. */
globalThis.watchNumbered = async ({ url, link, bits, ms = 0 }) => {
  const peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  const media = new MediaStream([peer.addTransceiver('video', { direction: 'recvonly' }).receiver.track]);
  const element = document.createElement('video');
  Object.assign(element, { muted: true, width: 320, height: 180, srcObject: media });
  document.body.append(element);
  const canvas = new OffscreenCanvas(bits, 2);
  const context = canvas.getContext('2d', { willReadFrequently: true });

  /** The number in the picture, `undefined` where the two writings of it differ. */
  const read = () => {
    context.drawImage(element, 0, 0, element.videoWidth, element.videoHeight / 4, 0, 0, bits, 2);
    const { data } = context.getImageData(0, 0, bits, 2);
    const isWhite = (index) => data[index * 4] > 127;
    let number = 0;
    for (let bit = 0; bit < bits; bit += 1) {
      if (isWhite(bit) === isWhite(bits + bit)) return undefined;
      if (isWhite(bit)) number += 2 ** bit;
    }
    return number;
  };

  await peer.setLocalDescription();
  const startMs = Date.now();
  const shown = [];
  const done = new Promise((resolve) => {
    const note = () => {
      const atMs = Date.now() - startMs;
      // To read them all would make the page late.
      const isRead = shown.length === 0 || atMs > ms - 1000;
      const number = isRead ? read() : undefined;
      // Firefox tells of a picture before there is one.
      if (number !== undefined || !isRead) shown.push({ atMs, number });
      if (atMs < ms || shown.length === 0) element.requestVideoFrameCallback(note);
      else resolve();
    };
    element.requestVideoFrameCallback(note);
  });
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/sdp' },
    body: peer.localDescription.sdp,
  });
  const answer = await response.text();
  // Firefox would take the way over TCP, around the link.
  const sdp = link
    ? answer
        .replaceAll(/^a=candidate:\S+ 1 tcp .*\r\n/gim, '')
        .replaceAll(/^(a=candidate:\S+ 1 udp \d+) \S+ \d+/gim, `$1 ${link}`)
    : answer;
  await peer.setRemoteDescription({ type: 'answer', sdp });
  element.play().catch(() => {});
  await Promise.race([done, new Promise((resolve) => setTimeout(resolve, ms + 8000))]);
  peer.close();
  element.remove();
  await fetch(new URL(response.headers.get('location'), url), { method: 'DELETE' });
  return { startMs, shown };
};
