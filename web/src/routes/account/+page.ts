import { apiWith } from '#lib/api.ts';
import { requireUser } from '../require-user.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, parent, url }) => {
  const user = requireUser((await parent()).user, url);
  const api = apiWith(fetch);
  const [logins, tokens] = await Promise.all([api.logins(), api.tokens()]);
  return { user, logins, tokens };
};
