// Runs in a page: draws an evening by the water, with a hum for its sound.
globalThis.river = ({ sky, far, near, sun, title, width, height }) => {
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d');
  const horizon = height * 0.55;

  const hill = (offset, swell, base, colour) => {
    context.fillStyle = colour;
    context.beginPath();
    context.moveTo(0, height);
    for (let x = 0; x <= width; x += 8) {
      const y =
        base + Math.sin((x / width) * 5 + offset) * swell + Math.sin((x / width) * 13 + offset * 2) * swell * 0.3;
      context.lineTo(x, y);
    }
    context.lineTo(width, height);
    context.fill();
  };

  const draw = (ms) => {
    const air = context.createLinearGradient(0, 0, 0, horizon);
    air.addColorStop(0, sky[0]);
    air.addColorStop(1, sky[1]);
    context.fillStyle = air;
    context.fillRect(0, 0, width, height);
    context.fillStyle = sun;
    context.beginPath();
    context.arc(width * 0.68, horizon * 0.62, height * 0.09, 0, 7);
    context.fill();
    hill(1, height * 0.05, horizon * 0.86, far[0]);
    hill(3, height * 0.04, horizon * 0.96, far[1]);
    for (let band = 0; band < 7; band += 1) {
      context.globalAlpha = 0.5 + band * 0.08;
      hill(
        ms / (2600 - band * 180) + band * 1.7,
        height * (0.006 + band * 0.003),
        horizon + band * band * height * 0.0095,
        near[band % near.length],
      );
    }
    context.globalAlpha = 0.5;
    context.fillStyle = sun;
    for (let line = 0; line < 16; line += 1) {
      const length = width * (0.02 + 0.06 * Math.abs(Math.sin(ms / 700 + line * 2.1)));
      context.fillRect(width * 0.68 - length / 2, horizon + line * height * 0.026, length, height * 0.004);
    }
    context.globalAlpha = 1;
    context.fillStyle = '#fffc';
    context.font = `600 ${height * 0.045}px system-ui, sans-serif`;
    context.fillText(title, width * 0.035, height * 0.93);
  };

  setInterval(() => draw(performance.now()), 1000 / 20);
  const sound = new AudioContext();
  const tone = new OscillatorNode(sound, { frequency: 110 });
  const out = sound.createMediaStreamDestination();
  tone.connect(new GainNode(sound, { gain: 0.02 })).connect(out);
  tone.start();
  // A page that nobody has touched yet makes no sound.
  addEventListener('pointerdown', () => sound.resume());

  return new MediaStream([...canvas.captureStream(20).getTracks(), ...out.stream.getTracks()]);
};

// Sends it to a channel.
globalThis.goLive = async (server, streamKey, look) => {
  const { Broadcaster } = await import(`${server}/freshet-player.js`);
  const quality = { height: look.height, frameRate: 20, maxBitrateBps: 1_800_000, isLayered: look.height >= 720 };
  globalThis.broadcaster = new Broadcaster({ streamKey, quality });
  broadcaster.startStream(river(look));
};

// Whoever opens the camera sees it too.
globalThis.useAsCamera = (look) => {
  navigator.mediaDevices.getUserMedia = async ({ video, audio }) => {
    const [picture, sound] = river(look).getTracks();
    return new MediaStream([...(video ? [picture] : []), ...(audio ? [sound] : [])]);
  };
};
