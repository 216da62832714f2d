import type { ChatBan, ChatMessage, ChatStanding } from '../chat/messages.ts';
import { type Calls, channelPath, type Page } from './call.ts';

export function chatApi({ call }: Calls) {
  return {
    chat: (slug: string, limit: number) => call<Page<ChatMessage>>('GET', `${channelPath(slug)}/chat?limit=${limit}`),
    chatStanding: (slug: string) => call<ChatStanding>('GET', `${channelPath(slug)}/chat/me`),
    say: (slug: string, text: string) => call<ChatMessage>('POST', `${channelPath(slug)}/chat`, { text }),
    takeGuestName: (name: string) => call<unknown>('PUT', '/chat/guest', { name }),
    deleteMessage: (id: string) => call<void>('DELETE', `/chat/${id}`),
    clearChat: (slug: string, authorId: string) =>
      call<void>('DELETE', `${channelPath(slug)}/chat/authors/${authorId}`),
    bans: (slug: string) =>
      call<Page<ChatBan>>('GET', `${channelPath(slug)}/bans?limit=100`).then(({ items }) => items),
    ban: (slug: string, ban: { authorId: string; seconds: number | null }) =>
      call<ChatBan>('POST', `${channelPath(slug)}/bans`, ban),
    unban: (slug: string, id: string) => call<void>('DELETE', `${channelPath(slug)}/bans/${id}`),
  };
}
