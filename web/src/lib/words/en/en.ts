export { errors } from './errors.ts';
export { home } from './home.ts';
export { language } from './language.ts';
export { player } from './player.ts';
export { site } from './site.ts';
export { ui } from './ui.ts';
export { units } from './units.ts';
