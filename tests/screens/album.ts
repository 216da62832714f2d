import { fileName, THEMES } from './camera.ts';
import type { Shot } from './shots.ts';

/** `docs/screens/README.md`: every picture under the name of what it shows. */
export function album(shots: readonly Shot[]): string {
  const pages = shots.map(({ name, title }) => {
    const cell = (screen: 'desktop' | 'phone', theme: (typeof THEMES)[number]) =>
      `<img src="${fileName(name, screen, theme)}" alt="${title}, ${screen}, ${theme}" width="${screen === 'desktop' ? 360 : 130}">`;
    const cells = (['desktop', 'phone'] as const).flatMap((screen) => THEMES.map((theme) => cell(screen, theme)));
    return `## ${title}\n\n${cells.join(' ')}\n`;
  });
  return `# Every page\n\nTaken by \`npm run screens\` of a server with live channels, on a desktop and on a phone, in both themes.\n\n${pages.join('\n')}`;
}
