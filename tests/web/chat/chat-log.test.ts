import { describe, expect, it } from 'vitest';
import {
  type ChatLog,
  withDeletion,
  withFailure,
  withMessages,
  without,
  withPending,
} from '../../../web/src/lib/chat/chat-log.ts';
import type { ChatMessage } from '../../../web/src/lib/chat/messages.ts';

const nora = { id: 'nora', name: 'Nora', role: 'guest' } as const;
const said = (id: string, text = id, author: ChatMessage['author'] = nora): ChatMessage => ({
  id,
  author,
  text,
  at: '2026-11-01T12:00:00Z',
});
const pending = { key: 'key', author: nora, text: 'on its way', at: '2026-11-01T12:00:00Z' };
const texts = (log: ChatLog) => log.map(({ text }) => text);

describe('the log of a chat', () => {
  it('has each message once and in order, however it came', () => {
    const log = withMessages(withMessages([], [said('3'), said('1')]), [said('2'), said('3'), said('4')]);
    expect(texts(log)).toEqual(['1', '2', '3', '4']);
  });

  it('keeps what is on its way at the end', () => {
    const log = withMessages(withPending(withMessages([], [said('1')]), pending), [said('2')]);
    expect(texts(log)).toEqual(['1', '2', 'on its way']);
    expect(log.at(-1)?.state).toBe('sending');
  });

  it('takes one’s own for what is on its way, heard before its sending was answered', () => {
    const log = withMessages(withPending([], { ...pending, text: ' hello   you ' }), [said('1', 'hello you')]);
    expect(log).toMatchObject([{ id: '1', state: 'said' }]);
    expect(withMessages(log, [said('1', 'hello you')])).toHaveLength(1);
  });

  it('keeps what failed, to be sent again in its place at the end', () => {
    const failed = withFailure(withPending([], pending), 'key', 'too fast');
    expect(withMessages(failed, [said('1', 'on its way')])).toMatchObject([{ id: '1' }, { problem: 'too fast' }]);
    expect(withPending(failed, pending)).toMatchObject([{ key: 'key', state: 'sending' }]);
  });

  it('loses what was deleted, or for moderators says by whom', () => {
    const log = withPending(withMessages([], [said('1'), said('2')]), pending);
    expect(texts(without(log, ({ id }) => id === '1'))).toEqual(['2', 'on its way']);
    const cleared = withDeletion(log, ({ author }) => author.id === 'nora', 'Ann');
    expect(cleared.map(({ deletedBy }) => deletedBy)).toEqual(['Ann', 'Ann', undefined]);
  });

  it('holds five hundred', () => {
    const many = Array.from({ length: 700 }, (_, i) => said(String(i).padStart(4, '0')));
    const log = withMessages([], many);
    expect([log.length, log[0]?.text]).toEqual([500, '0200']);
  });
});
