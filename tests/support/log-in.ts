import type { Page } from 'playwright-core';
import { owner } from './api.ts';
import type { Visitor } from './browser.ts';

/** A page of somebody who has logged in by the form: the owner, unless it is said who. */
export async function logIn(visitor: Visitor, siteUrl: string, { name, password } = owner): Promise<Page> {
  const page = await visitor.open(`${siteUrl}/login`);
  // Before the page's script runs, the browser would send the form by itself.
  await page.waitForLoadState('networkidle');
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.waitForURL('**/dashboard');
  return page;
}
