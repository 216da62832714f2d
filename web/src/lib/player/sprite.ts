/** One picture of a sheet of many: what is to be seen from `fromS` on. */
export interface SpritePicture {
  readonly fromS: number;
  readonly url: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const CUE = /^(?:(\d+):)?(\d{2}):(\d{2})\.(\d{3})\s+-->.*\r?\n(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)/gm;

/** WebVTT whose cues name stretches of a picture (`sprite.webp#xywh=160,0,160,90`), in order of time. */
export function spritePictures(webVtt: string, baseUrl: string): SpritePicture[] {
  return [...webVtt.matchAll(CUE)].map(([, hours = '0', minutes, seconds, ms, file = '', ...place]) => {
    const [x = 0, y = 0, width = 0, height = 0] = place.map(Number);
    const fromS = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) + Number(ms) / 1000;
    return { fromS, url: new URL(file, baseUrl).href, x, y, width, height };
  });
}

export function pictureAt(pictures: readonly SpritePicture[], atS: number): SpritePicture | undefined {
  return pictures.findLast(({ fromS }) => fromS <= atS) ?? pictures[0];
}
