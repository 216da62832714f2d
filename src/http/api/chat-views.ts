import { z } from '@hono/zod-openapi';
import type { Ban, Message, NewMessage } from '../../chat/ports.ts';

const time = z.iso.datetime();

export const authorSchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    role: z.enum(['owner', 'streamer', 'moderator', 'viewer', 'guest']).openapi({
      description: 'What he was on the channel when he wrote: the server’s `owner`, its `streamer`, …',
    }),
  })
  .openapi('ChatAuthor');

export const messageSchema = z
  .object({ id: z.uuid(), author: authorSchema, text: z.string(), at: time })
  .openapi('ChatMessage');

export const keptMessageSchema = messageSchema
  .extend({
    deletion: z
      .object({ at: time, by: z.string() })
      .nullable()
      .openapi({ description: 'Deleted messages are shown to moderators only' }),
  })
  .openapi('KeptChatMessage');

export const banSchema = z
  .object({
    id: z.uuid(),
    person: z.object({ id: z.uuid(), name: z.string(), isGuest: z.boolean() }),
    reason: z.string(),
    by: z.string(),
    createdAt: time,
    expiresAt: time.nullable().openapi({ description: '`null`: for ever' }),
  })
  .openapi('ChatBan');

export function messageView({ id, author, text, at }: NewMessage): z.infer<typeof messageSchema> {
  return { id, author, text, at: at.toISOString() };
}

export function keptMessageView(message: Message): z.infer<typeof keptMessageSchema> {
  const { deletion } = message;
  return { ...messageView(message), deletion: deletion && { at: deletion.at.toISOString(), by: deletion.by } };
}

export function banView({ id, person, reason, by, createdAt, expiresAt }: Ban): z.infer<typeof banSchema> {
  return {
    id,
    person,
    reason,
    by,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
  };
}
