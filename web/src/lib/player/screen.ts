/** Full screen and picture in picture, each by what the browser has for it. */

/** iPhones put only the video itself on the full screen. */
type IphoneVideo = HTMLVideoElement & { webkitEnterFullscreen?: () => void };

export function canFullscreen(video: IphoneVideo | undefined): boolean {
  return document.fullscreenEnabled || video?.webkitEnterFullscreen !== undefined;
}

/** Within a shadow tree only its root knows which element it is. */
export function isFullscreen(root: Element): boolean {
  return (root.getRootNode() as Document | ShadowRoot).fullscreenElement === root;
}

/** Rejects where the browser refuses. */
export async function toggleFullscreen(root: Element, video: IphoneVideo | undefined): Promise<void> {
  if (isFullscreen(root)) return document.exitFullscreen();
  if (document.fullscreenEnabled) return root.requestFullscreen();
  video?.webkitEnterFullscreen?.();
}

/** Rejects while there is no picture yet. */
export async function togglePictureInPicture(video: HTMLVideoElement): Promise<void> {
  const shown = (video.getRootNode() as Document | ShadowRoot).pictureInPictureElement;
  if (shown === video) await document.exitPictureInPicture();
  else await video.requestPictureInPicture();
}
