import type { Page } from 'playwright-core';
import { owner } from './api.ts';
import type { Visitor } from './browser.ts';

/** A page of the owner, who has logged in by the form. */
export async function logIn(visitor: Visitor, siteUrl: string): Promise<Page> {
  const page = await visitor.open(`${siteUrl}/login`);
  // Before the page's script runs, the browser would send the form by itself.
  await page.waitForLoadState('networkidle');
  await page.getByLabel('Name').fill(owner.name);
  await page.getByLabel('Password').fill(owner.password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.waitForURL('**/dashboard');
  return page;
}
