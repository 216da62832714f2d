import type { Page } from 'playwright-core';
import { type AnyPage, picture, pictureChange, type Received, received } from './browser.ts';
import { until } from './until.ts';

const FRAMES = 10;
/** Mean difference of a point, of 255; between two frames of the same scene the test pictures reach 1 and more. */
const VISIBLE_CHANGE = 0.3;
/** A tenth of a second of a quiet tone; concealment and comfort noise stay a thousand times below. */
const AUDIBLE_ENERGY = 0.001;

/** Resolves once more frames are decoded and the picture on the page differs from the one before. */
export async function seesMovingPicture(page: AnyPage, selector = 'video'): Promise<Received> {
  const before = await received(page);
  const first = await until('a first picture', () => picture(page, selector));
  return until('decoded frames grow and the picture changes', async () => {
    const now = await received(page);
    if (now.framesDecoded < before.framesDecoded + FRAMES) return undefined;
    const next = await picture(page, selector);
    return next && pictureChange(first, next) > VISIBLE_CHANGE && now;
  });
}

/** Resolves once what is decoded and moves is of this codec, named as `video/VP8`. */
export async function seesCodec(page: AnyPage, codec: string): Promise<Received> {
  await until(`${codec} is seen`, async () => (await received(page)).videoCodec === codec);
  return seesMovingPicture(page);
}

/** Resolves once decoded sound has brought energy; a muted element decodes none. */
export async function hearsSound(page: AnyPage): Promise<Received> {
  const before = await received(page);
  return until('the energy of the sound grows', async () => {
    const now = await received(page);
    return now.audioEnergy > before.audioEnergy + AUDIBLE_ENERGY && now;
  });
}

/** What a visitor does to hear a channel: nothing, unless the browser asks for a touch. */
export async function tapForSound(page: Page): Promise<void> {
  const prompt = page.getByRole('button', { name: 'Tap for sound' });
  await until('the sound is on', async () => {
    if (await prompt.isVisible()) await prompt.click();
    // Until it plays the browser may still say no.
    return page.evaluate<boolean>(
      '(({ muted, currentTime }) => !muted && currentTime > 0)(document.querySelector("[data-testid=player]"))',
    );
  });
}
