/** How an embedded player begins. */
export interface EmbedOptions {
  readonly isAutoplay: boolean;
  readonly isMuted: boolean;
  readonly hasControls: boolean;
  /** As the quality menu names it (`720p`), or `audio`; absent: the server chooses. */
  readonly quality?: string;
}

type Given = Pick<URLSearchParams, 'get'>;

/** From `?autoplay=0&muted=0&controls=0&quality=720p`: by itself it starts, without sound, with controls. */
export function embedOptions(given: Given): EmbedOptions {
  const flag = (name: string) => !['0', 'false', 'no', 'off'].includes(given.get(name)?.toLowerCase() ?? 'true');
  const quality = given.get('quality') ?? 'auto';
  return {
    isAutoplay: flag('autoplay'),
    isMuted: flag('muted'),
    hasControls: flag('controls'),
    ...(/^(\d{2,4}p|audio)$/.test(quality) && { quality }),
  };
}

/** What somebody pastes into a page of his own. */
export function embedCode(url: string, title: string): string {
  return `<iframe src="${escaped(url)}" width="640" height="360" title="${escaped(title)}" allow="autoplay; fullscreen; picture-in-picture" allowfullscreen style="border:0"></iframe>`;
}

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
