import { isPermitted, type LayerTraits, type LayerWish } from '../media/layer-wish.ts';
import type { Broadcast } from './broadcast.ts';
import { StreamError } from './errors.ts';
import { layersFor, type ViewerVideo } from './viewer-video.ts';

/** What a viewer's client asks for, and for which m-line of his; `undefined`: his video. */
export interface LayerRequest {
  readonly mediaIndex?: number | undefined;
  readonly wish: LayerWish;
}

/** Throws `no_layer` for what can not be had now. A layer that is only silent can be asked for: it may come back. */
export function checkLayerRequest(
  { mediaIndex, wish }: LayerRequest,
  video: ViewerVideo | undefined,
  broadcast: Broadcast,
): void {
  if (!video) throw noLayer('This session has no video.');
  if (mediaIndex !== undefined && mediaIndex !== video.index) {
    throw noLayer(`The video of this session is the m-line with index ${video.index}.`);
  }
  const layers = layersOf(broadcast, video);
  if (layers.some((layer) => isPermitted(layer, wish))) return;
  throw noLayer(`No layer of this stream is like that. It has ${layers.map(words).join(', ')}.`);
}

/** As measured; in the first second of a publisher as agreed on. */
function layersOf({ stream, layers }: Broadcast, video: ViewerVideo): readonly LayerTraits[] {
  if (stream.layers.length > 0) return layersFor(video, layers);
  const rids = stream.sources.find(({ kind }) => kind === 'video')?.rids ?? [];
  return rids.length > 0 ? rids.map((rid) => ({ rid })) : [{ rid: '' }];
}

function words({ rid, width, height, spatialLayerId, temporalLayerId }: LayerTraits): string {
  const parts = [
    ...(spatialLayerId === undefined ? [] : [`spatial ${spatialLayerId}`]),
    ...(temporalLayerId === undefined ? [] : [`temporal ${temporalLayerId}`]),
    ...(width === undefined || height === undefined ? [] : [`${width}x${height}`]),
  ];
  return [rid || 'one', ...(parts.length > 0 ? [`(${parts.join(', ')})`] : [])].join(' ');
}

function noLayer(message: string): StreamError {
  return new StreamError('no_layer', message);
}
