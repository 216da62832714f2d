// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the components looked at have such strings.
import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as en from '../../web/src/lib/words/en/en.ts';
import type { WordTable } from '../../web/src/lib/words/word-table.ts';
import { sentencesIn, textInComponent } from './text-in-pages.ts';

const sources = globSync('web/src/**/*.{svelte,ts}')
  .filter((file) => !file.includes('/words/'))
  .map((file) => ({ file, text: readFileSync(file, 'utf8') }));

test('what the pages say stands in one place: neither components nor scripts have text of their own', () => {
  const left = sources.flatMap(({ file, text }) => {
    const own = file.endsWith('.svelte') ? textInComponent(text) : sentencesIn(text);
    return own.map((words) => `${file}: ${words}`);
  });
  expect(left).toEqual([]);
});

test('every word is said somewhere', () => {
  const asked = new Set(sources.flatMap(({ text }) => text.match(/\bwords(?:\.\w+){2,}/g) ?? []));
  // A group is asked for as a whole where the name within it is chosen while the page runs.
  const isAsked = (path: readonly string[]) =>
    path.some((_, at) => at >= 1 && asked.has(['words', ...path.slice(0, at + 1)].join('.')));
  const { language: _, ...areas } = en;
  expect(
    pathsOf(areas)
      .filter((path) => !isAsked(path))
      .map((path) => path.join('.')),
  ).toEqual([]);
});

function pathsOf(table: WordTable): string[][] {
  return Object.entries(table).flatMap(([name, words]) =>
    typeof words === 'object' ? pathsOf(words).map((path) => [name, ...path]) : [[name]],
  );
}

test.each([
  ['<p>Two words</p>', ['Two words']],
  ['<p>{isOn ? "Yes" : `${count} of them`}</p>', ['Yes', 'of them']],
  ['<input aria-label="Name" class="field" name="q" placeholder={"Search"} />', ['Name', 'Search']],
  ['<Field label="Title" class="w-full" />', ['Title']],
  ['{#if a}<b>One</b>{:else}{#each rows as row (row)}<i>Two</i>{/each}{/if}', ['One', 'Two']],
  ['<meta name="description" content="Live streams" /><meta name="robots" content="noindex" />', ['Live streams']],
  ['<script lang="ts">const said: string = "It is done";</script>', ['It is done']],
  ['<p>{words.home.title} · {count}</p><style>p { color: red }</style>', []],
])('text is found in %s', (component, texts) => {
  expect(textInComponent(component)).toEqual(texts);
});

test('sentences of a script are found, names are not', () => {
  const script =
    "toast('Copied it'); key === 'Escape'; type = 'image/png'; say(`It took ${ms} ms`); throw new Error('no such');";
  expect(sentencesIn(script)).toEqual(['Copied it', 'It took … ms']);
});
