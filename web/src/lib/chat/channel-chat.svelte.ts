import { ApiError } from '../api/call.ts';
import { api } from '../api.ts';
import {
  type ChatEntry,
  type ChatLog,
  withDeletion,
  withFailure,
  withMessages,
  without,
  withPending,
} from './chat-log.ts';
import { withEmoji } from './emoji.ts';
import type { ChatEvent, ChatListener, ChatStanding } from './messages.ts';

const HISTORY = 100;

/** A channel's chat as one person sees it: the log, what he may do, and what he sent. */
export class ChannelChat implements ChatListener {
  log: ChatLog = $state.raw([]);
  standing: ChatStanding | undefined = $state.raw();
  /** Why the chat can not be read now. */
  problem = $state('');
  /** Until when slow mode, or a limit, keeps him silent. */
  silentUntilMs = $state(0);
  readonly #slug: string;

  constructor(slug: string) {
    this.#slug = slug;
  }

  /** The event stream began: what was said before it is read, as often as it begins. */
  opened(): void {
    void this.load();
  }

  async load(): Promise<void> {
    try {
      const [page, standing] = await Promise.all([api.chat(this.#slug, HISTORY), api.chatStanding(this.#slug)]);
      this.#stand(standing);
      const kept = new Set(page.items.map(({ id }) => id));
      const oldest = page.items.at(-1)?.id ?? '';
      // What is not in the history any more was deleted while nobody told.
      const log = without(this.log, ({ id }) => id !== undefined && (id < oldest || !kept.has(id)));
      this.log = withMessages(log, page.items);
      this.problem = '';
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    }
  }

  heard(event: ChatEvent): void {
    if (event.type === 'message') this.log = withMessages(this.log, [event]);
    else if (event.type === 'deleted') this.#deleted(({ id }) => id === event.id, event.by);
    else if (event.type === 'cleared') this.#deleted(({ author }) => author.id === event.authorId, event.by);
    else if (event.type === 'settings' && this.standing) this.standing = { ...this.standing, ...event };
    else if (event.type === 'missed') void this.load();
    else if ('authorId' in event && event.authorId === this.standing?.me?.id) void this.#readStanding();
  }

  /** Throws when the name is refused. */
  async takeName(name: string): Promise<void> {
    await api.takeGuestName(name);
    await this.#readStanding();
  }

  async send(typed: string, key: string = crypto.randomUUID()): Promise<void> {
    const me = this.standing?.me;
    if (!me) return;
    const text = withEmoji(typed);
    this.log = withPending(this.log, { key, author: me, text, at: new Date().toISOString() });
    try {
      const message = await api.say(this.#slug, text);
      this.log = withMessages(
        without(this.log, (entry) => entry.key === key),
        [message],
      );
      this.#silence((this.standing?.mayModerate ? 0 : (this.standing?.slowModeSeconds ?? 0)) * 1000);
    } catch (error) {
      const isHeard = !this.log.some((entry) => entry.key === key);
      if (!isHeard) this.log = withFailure(this.log, key, error instanceof Error ? error.message : String(error));
      if (!(error instanceof ApiError)) return;
      if (error.status === 429) this.#silence(error.problem.retryAfterMs ?? 0);
      if (error.status === 403) await this.#readStanding();
    }
  }

  retry({ key, text }: ChatEntry): Promise<void> {
    return this.send(text, key);
  }

  drop({ key }: ChatEntry): void {
    this.log = without(this.log, (entry) => entry.key === key);
  }

  async #readStanding(): Promise<void> {
    const standing = await api.chatStanding(this.#slug).catch(() => undefined);
    if (standing) this.#stand(standing);
  }

  #stand(standing: ChatStanding): void {
    this.standing = standing;
    this.#silence(standing.waitSeconds * 1000);
  }

  #silence(ms: number): void {
    this.silentUntilMs = ms > 0 ? Math.max(this.silentUntilMs, Date.now() + ms) : this.silentUntilMs;
  }

  #deleted(isIt: (entry: ChatEntry) => boolean, by: string | undefined): void {
    this.log = by === undefined ? without(this.log, isIt) : withDeletion(this.log, isIt, by);
  }
}
