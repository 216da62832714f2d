import type { Context } from 'hono';
import type { Chat } from '../chat/chat.ts';
import { type ChatNotice, MISSED } from '../chat/notices.ts';
import type { LiveEvent } from '../streams/live-events.ts';
import type { Pass } from '../streams/passes.ts';
import type { EndReason } from '../streams/ports.ts';
import type { StreamRegistry } from '../streams/registry.ts';
import { liveView } from './api/schemas.ts';
import { EventStreams, type LatestEvents, type ServerEvent, writtenEvent } from './event-stream.ts';
import type { Limits } from './limits.ts';

/** The event streams of channels, for the site and whoever knows the API. */
export class LiveFeeds {
  readonly #streams: StreamRegistry;
  readonly #chat: Chat;
  readonly #feeds: EventStreams;
  /** What is told to many is written once. */
  readonly #written = new WeakMap<ChatNotice, { readonly plain: ServerEvent; readonly moderators: ServerEvent }>();

  constructor({ streams, chat, limits }: { streams: StreamRegistry; chat: Chat; limits: Limits }) {
    this.#streams = streams;
    this.#chat = chat;
    this.#feeds = new EventStreams(limits);
  }

  /** Throws `too_many_feeds` and `rate_limited`. */
  open(c: Context, channelId: string, reader: ChatReader): Response {
    return this.#feeds.open(c, (latest) => {
      latest.push(serverEvent({ type: 'live', live: this.#streams.live(channelId) }));
      const stopLive = this.#streams.subscribe(channelId, (event) => latest.push(serverEvent(event)));
      const release = reader.pass && this.#streams.passes.listen(reader.pass, (reason) => farewell(latest, reason));
      const stopChat = this.#readChat(latest, channelId, reader);
      return () => {
        stopLive();
        stopChat();
        release?.();
      };
    });
  }

  #readChat(latest: LatestEvents, channelId: string, { isModerator, lastId }: ChatReader): () => void {
    const hear = (notice: ChatNotice) => {
      latest.queue(this.#chatEvent(notice, isModerator), this.#chatEvent(MISSED, isModerator));
    };
    const stop = this.#chat.read(channelId, { hear });
    if (lastId !== undefined)
      void this.#chat.missed(channelId, lastId).then(
        (missed) => missed.forEach(hear),
        () => hear(MISSED),
      );
    return stop;
  }

  #chatEvent(notice: ChatNotice, isModerator: boolean): ServerEvent {
    const { id, text, textForModerators } = notice;
    const written = this.#written.get(notice) ?? {
      plain: writtenEvent('chat', text, id),
      moderators: writtenEvent('chat', textForModerators, id),
    };
    this.#written.set(notice, written);
    return isModerator ? written.moderators : written.plain;
  }
}

/** Who reads the chat of a channel beside the rest. */
export interface ChatReader {
  /** What lets him see the channel. */
  readonly pass: Pass | undefined;
  readonly isModerator: boolean;
  /** The last message he heard before he came back. */
  readonly lastId: string | undefined;
}

/** The last that who listens hears. */
function farewell(latest: LatestEvents, reason: EndReason): void {
  latest.push({ name: 'ended', data: { reason } });
  latest.close();
}

function serverEvent(event: LiveEvent): ServerEvent {
  switch (event.type) {
    case 'live':
      return { name: 'live', data: liveView(event.live) };
    case 'viewers':
      return { name: 'viewers', data: { viewers: event.viewers } };
    case 'layers':
      return { name: 'layers', data: { layers: event.layers } };
  }
}
