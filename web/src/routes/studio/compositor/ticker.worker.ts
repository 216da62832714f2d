/** Ticks while the page is in the background too, where the page's own timers are slowed down. */
let timer: ReturnType<typeof setInterval> | undefined;

addEventListener('message', ({ data: everyMs }: MessageEvent<number>) => {
  clearInterval(timer);
  timer = setInterval(() => postMessage(undefined), everyMs);
});
