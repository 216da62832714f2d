import { expect, it } from 'vitest';
import { onDemandLayers } from '#src/streams/on-demand-layers.ts';
import { layerStats } from '../support/layer-stats.ts';

const namesOf = (...of: Parameters<typeof onDemandLayers>) =>
  onDemandLayers(...of).map(({ rid, width, height }) => `${rid} ${width}x${height}`);

it('are smaller than what is published, in its shape', () => {
  expect(namesOf([layerStats({ rid: '', width: 1280, height: 720 })], [])).toEqual(['480p 854x480', '240p 426x240']);
  expect(namesOf([layerStats({ rid: '', width: 360, height: 640 })], [])).toEqual(['240p 240x426']);
  expect(namesOf([layerStats({ rid: '', width: 320, height: 240 })], [])).toEqual([]);
});

it('are those that are not made now, and none before it is known what is published', () => {
  const published = [layerStats({ rid: '', width: 1280, height: 720 })];
  expect(namesOf(published, [layerStats({ rid: '480p', width: 854, height: 480 })])).toEqual(['240p 426x240']);
  expect(namesOf([layerStats({ rid: '' })], [])).toEqual([]);
  expect(namesOf([], [])).toEqual([]);
});
