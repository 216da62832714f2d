import type { Page } from 'playwright-core';
import { picture, pictureChange, type Received, received } from './browser.ts';
import { until } from './until.ts';

const FRAMES = 10;
/** The fake camera's moving figure alone changes about 1 in 255 on average. */
const VISIBLE_CHANGE = 0.3;

/** Resolves once more frames are decoded and the picture on the page differs from the one before. */
export async function seesMovingPicture(page: Page, selector = 'video'): Promise<Received> {
  const before = await received(page);
  const first = await until('a first picture', () => picture(page, selector));
  return until('decoded frames grow and the picture changes', async () => {
    const now = await received(page);
    if (now.framesDecoded < before.framesDecoded + FRAMES) return undefined;
    const next = await picture(page, selector);
    return next && pictureChange(first, next) > VISIBLE_CHANGE && now;
  });
}

/** Resolves once decoded sound has brought energy. */
export async function hearsSound(page: Page): Promise<Received> {
  const before = await received(page);
  return until('the energy of the sound grows', async () => {
    const now = await received(page);
    return now.audioEnergy > before.audioEnergy && now;
  });
}
