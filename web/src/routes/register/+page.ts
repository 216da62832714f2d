import { apiWith } from '#lib/api.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch }) => ({ isOpen: await apiWith(fetch).mayRegister() });
