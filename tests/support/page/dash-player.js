// Shaka on a bare page, which has been loaded before; what tests ask it for.
const video = document.createElement('video');
video.muted = true;
document.body.append(video);
const player = new shaka.Player();

globalThis.dash = {
  async load(url) {
    await player.attach(video);
    player.configure({ streaming: { liveSync: { enabled: true } } });
    await player.load(url);
    await video.play();
  },
  shown() {
    const { start, end } = player.seekRange();
    const { currentTime: at, videoHeight: height, readyState } = video;
    return { at, height, isStalled: readyState < 3, seekableSeconds: end - start };
  },
  seek(seconds) {
    video.currentTime = seconds;
  },
};
