import type { UserStore } from '../accounts/ports.ts';
import { ChannelError } from './errors.ts';
import type { Moderator, ModeratorStore } from './ports.ts';

export interface ModeratorsOptions {
  readonly store: ModeratorStore;
  readonly users: Pick<UserStore, 'byName'>;
}

/** Who keeps order in the chats of channels that are not his own. */
export class Moderators {
  readonly #store: ModeratorStore;
  readonly #users: Pick<UserStore, 'byName'>;

  constructor({ store, users }: ModeratorsOptions) {
    this.#store = store;
    this.#users = users;
  }

  list(...of: Parameters<ModeratorStore['list']>): Promise<readonly Moderator[]> {
    return this.#store.list(...of);
  }

  has(channelId: string, userId: string): Promise<boolean> {
    return this.#store.has(channelId, userId);
  }

  /** Idempotent. Throws `no_user`. */
  async appoint(channelId: string, name: string): Promise<void> {
    const user = await this.#users.byName(name);
    if (!user) throw new ChannelError('no_user', 'There is no account of this name.');
    await this.#store.add(channelId, user.id);
  }

  /** Idempotent. */
  async dismiss(channelId: string, name: string): Promise<void> {
    const user = await this.#users.byName(name);
    if (user) await this.#store.remove(channelId, user.id);
  }
}
