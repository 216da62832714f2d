import { equal, match, ok } from 'node:assert/strict';
import type { Endpoint } from './endpoint.ts';
import { attribute, directionOf, media, sections } from './sdp.ts';

/** What an answer of either protocol has to be. Each throws what is amiss. */

export async function answersWithDirection(endpoint: Endpoint, direction: string): Promise<void> {
  const { answer } = await endpoint.open();
  equal(media(answer).length, media(endpoint.offer).length, 'the answer has another number of m-sections');
  for (const section of media(answer)) equal(directionOf(section), direction, section[0]);
}

export async function bundlesAll(endpoint: Endpoint): Promise<void> {
  const { answer } = await endpoint.open();
  ok(media(answer).length > 0, 'the answer has no m-section');
  const mids = media(answer).map((section) => attribute(answer, section, 'mid'));
  const group = sections(answer)[0]?.find((line) => line.startsWith('a=group:BUNDLE '));
  equal(group, `a=group:BUNDLE ${mids.join(' ')}`);
  for (const section of media(answer)) {
    ok(section.includes('a=rtcp-mux'), 'an m-section has no rtcp-mux');
    ok(section.includes('a=rtcp-mux-only'), 'an m-section has no rtcp-mux-only');
  }
}

export async function hasCandidates(endpoint: Endpoint): Promise<void> {
  const { answer } = await endpoint.open();
  match(answer, /^a=candidate:/m);
}

/** Of every section that has one, the same. */
export function setupOf(answer: string): string | undefined {
  const [first = []] = media(answer);
  return attribute(answer, first, 'setup');
}

/** `username`, `credential` and so on of the Links with rel="ice-server". */
export function iceServers(header: string | null): { target: string; parameters: string }[] {
  return [...(header ?? '').matchAll(/<([^>]*)>((?:\s*;\s*[\w-]+=(?:"(?:[^"\\]|\\.)*"|[^\s;,"]+))*)/g)]
    .map(([, target = '', parameters = '']) => ({ target, parameters }))
    .filter(({ parameters }) => /;\s*rel="?ice-server"?/.test(parameters));
}
