import type { Page } from 'playwright-core';

/** In the studio: live, once this resolves. */
export async function goLive(studio: Page): Promise<void> {
  await studio.getByTestId('go-live').click();
  await studio.getByTestId('stop').waitFor();
}

export async function endStream(studio: Page): Promise<void> {
  await studio.getByTestId('stop').click();
  await studio.getByRole('dialog').getByRole('button', { name: 'End stream' }).click();
  await studio.getByTestId('go-live').waitFor();
}
