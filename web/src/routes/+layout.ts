import { apiWith } from '#lib/api.ts';
import type { LayoutLoad } from './$types';

export const load: LayoutLoad = async ({ fetch, depends }) => {
  depends('app:user');
  return { user: await apiWith(fetch).me() };
};
