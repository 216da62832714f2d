import type { PageLoad } from './$types';
import { requireOwner } from './require-owner.ts';

export const load: PageLoad = async ({ parent, url }) => ({ user: requireOwner((await parent()).user, url) });
