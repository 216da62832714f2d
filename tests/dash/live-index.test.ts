import { describe, expect, test } from 'vitest';
import { nextNumber, readLiveIndex, withoutBefore, withSegment } from '../../src/dash/live-index.ts';
import { liveManifest } from '../../src/dash/live-manifest.ts';

const picture = {
  id: '480p',
  kind: 'video',
  codecs: 'av01.0.04M.08',
  bitrateBps: 900_000,
  width: 854,
  height: 480,
  frameRate: 30,
  init: 'init-1a2b.webm',
} as const;
const sound = { id: 'audio', kind: 'audio', codecs: 'opus', bitrateBps: 96_000, init: 'init-0.webm' } as const;
const none = { startedAtMs: Date.UTC(2026, 10, 22), periods: [], hasEnded: false };
const indexOf = (...numbers: readonly number[]) =>
  numbers.reduce((index, number) => withSegment(index, number, [picture, sound]), { ...none, periods: [] } as Index);
type Index = Parameters<typeof withSegment>[0];
const spans = ({ periods }: Index) => periods.map(({ first, end }) => [first, end]);

describe('the index', () => {
  test('segments that follow each other are one period', () => {
    expect(spans(indexOf(7, 8, 9))).toEqual([[7, 10]]);
    expect(nextNumber(indexOf(7, 8, 9))).toBe(10);
  });

  test('a hole, or other representations, begin another', () => {
    expect(spans(indexOf(7, 8, 12, 13))).toEqual([
      [7, 9],
      [12, 14],
    ]);
    expect(spans(withSegment(indexOf(7, 8), 9, [sound]))).toEqual([
      [7, 9],
      [9, 10],
    ]);
  });

  test('a segment that was given out is not made again', () => {
    expect(() => withSegment(indexOf(7, 8), 8, [picture, sound])).toThrow('segment 8 is out already');
  });

  test('periods beyond the window go, others keep the number they began with', () => {
    const index = indexOf(7, 8, 12, 13, 14);
    expect(spans(withoutBefore(index, 13))).toEqual([[12, 15]]);
    expect(spans(withoutBefore(index, 8))).toEqual(spans(index));
  });

  test('another process reads what one has written, and nothing else', () => {
    const index = indexOf(7, 8);
    expect(readLiveIndex(JSON.stringify(index))).toEqual(index);
    expect(readLiveIndex('{"periods":')).toBeUndefined();
    const other = { ...index, periods: [{ first: 0, end: 1, representations: [{ ...picture, id: '../..' }] }] };
    expect(readLiveIndex(JSON.stringify(other))).toBeUndefined();
  });
});

describe('the manifest', () => {
  const of = (index: Index) =>
    liveManifest(index, { windowSeconds: 1_800, nowMs: Date.UTC(2026, 10, 22, 0, 0, 10), folder: 'a-stream/' });

  test('says when segments are there: the stream’s beginning and what an encoder takes', () => {
    const text = of(indexOf(7, 8));
    expect(text).toContain('availabilityStartTime="2026-11-22T00:00:00.500Z"');
    expect(text).toContain('<BaseURL>a-stream/</BaseURL>');
    expect(text).toContain('timeShiftBufferDepth="PT1800S"');
    expect(text).toContain('suggestedPresentationDelay="PT1.5S"');
    expect(text).toContain('<UTCTiming schemeIdUri="urn:mpeg:dash:utc:http-iso:2014" value="/time"/>');
  });

  test('segments have the number of the second in which they begin', () => {
    expect(of(indexOf(7, 8))).toContain(
      '<Period id="from-7" start="PT7S"><AdaptationSet id="0" contentType="video" mimeType="video/webm"',
    );
    expect(of(indexOf(7, 8))).toContain(
      '<SegmentTemplate timescale="1000" duration="1000" startNumber="7" presentationTimeOffset="7000" ' +
        'initialization="480p/init-1a2b.webm" media="480p/$Number$.webm"/>',
    );
  });

  test('only the last period is open, and none once the stream has ended', () => {
    const index = indexOf(7, 8, 12);
    const durations = (text: string) =>
      [...text.matchAll(/<Period [^>]*>/g)].map(([tag]) => /duration="(\w+)"/.exec(tag)?.[1]);
    expect(durations(of(index))).toEqual(['PT2S', undefined]);
    const ended = of({ ...index, hasEnded: true });
    expect(durations(ended)).toEqual(['PT2S', 'PT1S']);
    expect(ended).toContain('mediaPresentationDuration="PT13S"');
    expect(ended).not.toContain('minimumUpdatePeriod');
  });

  test('attributes can not be broken out of', () => {
    const odd = { ...picture, codecs: '"><x a="&' };
    expect(of(withSegment(none, 1, [odd]))).toContain('codecs="&quot;&gt;&lt;x a=&quot;&amp;"');
  });
});
