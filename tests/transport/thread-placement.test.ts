import { expect, test } from 'vitest';
import { ThreadPlacement } from '../../src/transport/thread-placement.ts';

const all = () => true;

function join(
  placement: ThreadPlacement,
  streamId: string,
  count: number,
  isRunning: (thread: number) => boolean = all,
) {
  return Array.from({ length: count }, (_, index) => {
    const thread = placement.forViewer(streamId, isRunning);
    placement.opened(`${streamId} ${thread} ${index} ${Math.random()}`, { thread, streamId });
    return thread;
  });
}

test('a few viewers are served where their stream is published', () => {
  const placement = new ThreadPlacement(4);
  const home = placement.forPublisher('a', all);
  expect(new Set(join(placement, 'a', 10))).toEqual(new Set([home]));
});

test('the viewers of one large stream are spread evenly over all threads', () => {
  const placement = new ThreadPlacement(4);
  const threads = join(placement, 'a', 1000);
  const counts = [0, 1, 2, 3].map((thread) => threads.filter((one) => one === thread).length);
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThan(30);
});

test('streams begin on the thread with the least to do, and stay there', () => {
  const placement = new ThreadPlacement(3);
  const homes = ['a', 'b', 'c'].map((stream) => placement.forPublisher(stream, all));
  expect(homes).toEqual([0, 1, 2]);
  join(placement, 'b', 10);
  expect(placement.forPublisher('d', all)).toBe(0);
  expect(placement.forPublisher('b', all)).toBe(1);
  placement.closedStream('c');
  expect(placement.forPublisher('e', all)).toBe(2);
});

test('a thread that does not run gets nothing new', () => {
  const placement = new ThreadPlacement(2);
  expect(placement.forPublisher('a', (thread) => thread === 1)).toBe(1);
  expect(new Set(join(placement, 'a', 100, (thread) => thread === 0))).toEqual(new Set([0]));
});

test('threads are told when the first viewer of a stream comes to them and when the last one goes', () => {
  const placement = new ThreadPlacement(3);
  const home = placement.forPublisher('a', all);
  expect(home).toBe(0);
  expect(placement.opened('here', { thread: 0, streamId: 'a' })).toBeUndefined();
  expect(placement.opened('x', { thread: 1, streamId: 'a' })).toEqual({
    streamId: 'a',
    home,
    thread: 1,
    isFollowed: true,
  });
  expect(placement.opened('y', { thread: 1, streamId: 'a' })).toBeUndefined();
  expect(placement.opened('z', { thread: 2, streamId: 'a' })).toMatchObject({ thread: 2, isFollowed: true });
  expect(placement.followers('a')).toEqual([1, 2]);
  expect(placement.closed('x')).toBeUndefined();
  expect(placement.closed('x')).toBeUndefined();
  expect(placement.closed('y')).toMatchObject({ thread: 1, isFollowed: true });
  expect(placement.closed('z')).toMatchObject({ thread: 2, isFollowed: false });
  expect(placement.closed('here')).toBeUndefined();
  expect(placement.followers('a')).toEqual([]);
});

test('a stream that is over is forgotten with its sessions', () => {
  const placement = new ThreadPlacement(2);
  placement.forPublisher('a', all);
  placement.opened('x', { thread: 1, streamId: 'a' });
  expect(placement.closedStream('a').sort()).toEqual([0, 1]);
  expect(placement.session('x')).toBeUndefined();
  expect(placement.closed('x')).toBeUndefined();
  expect(placement.homedOn(0)).toEqual([]);
  expect(placement.closedStream('a')).toEqual([]);
});

test('a stream that nobody published is over on every thread, also where its sessions have ended', () => {
  const placement = new ThreadPlacement(2);
  placement.opened('x', { thread: 1, streamId: 'a' });
  expect(placement.closed('x')).toBeUndefined();
  expect(placement.closedStream('a')).toContain(1);
  expect(placement.closedStream('a')).toEqual([]);
});
