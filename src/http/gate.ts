import type { Context } from 'hono';
import type { AccountChanges } from '../accounts/changes.ts';
import { notSetUp } from '../accounts/errors.ts';
import type { User, UserStore } from '../accounts/ports.ts';
import type { Channels } from '../channels/channels.ts';
import { ChannelError } from '../channels/errors.ts';
import type { Channel } from '../channels/ports.ts';
import type { Pass } from '../streams/passes.ts';
import type { Access, Granted, Who } from './access.ts';
import type { Auth } from './auth.ts';
import type { AppEnv } from './env.ts';
import { HttpError } from './errors.ts';
import { isLocalRequest } from './local-request.ts';
import {
  hasScope,
  type Identity,
  type ModeratorLookup,
  mayAdminister,
  mayManage,
  mayModerate,
  mayPublish,
  maySee,
} from './permissions.ts';
import type { ViewerAccess } from './viewer-access.ts';

type Admissions = { readonly [W in Who]: (c: Context, access: Access) => Promise<Granted[W]> };
type Needed = Pick<Access, 'scope'>;

export interface GateOptions {
  readonly auth: Auth;
  readonly users: Pick<UserStore, 'owner'>;
  readonly channels: Pick<Channels, 'bySlug'>;
  readonly moderators: ModeratorLookup;
  readonly viewerAccess: ViewerAccess;
  readonly accountChanges: AccountChanges;
}

/** Lets in whom a route declares that it is for, and nobody else. */
export class Gate {
  readonly #auth: Auth;
  readonly #users: Pick<UserStore, 'owner'>;
  readonly #channels: Pick<Channels, 'bySlug'>;
  readonly #moderators: ModeratorLookup;
  readonly #viewerAccess: ViewerAccess;
  readonly #changes: AccountChanges;

  constructor({ auth, users, channels, moderators, viewerAccess, accountChanges }: GateOptions) {
    this.#auth = auth;
    this.#users = users;
    this.#channels = channels;
    this.#moderators = moderators;
    this.#viewerAccess = viewerAccess;
    this.#changes = accountChanges;
  }

  /** Throws `unauthorized`, `insufficient_scope`, `forbidden`, and `no_channel` for what who asks may not know of. */
  admit<W extends Who>(c: Context, access: Access<W>): Promise<Granted[W]> {
    return this.#admissions[access.who](c, access);
  }

  /**
   * Calls `end`, once, when who asks by a login or token is not let in by it any more, until the returned function is
   * called.
   */
  async watch(c: Context, access: Access, end: () => void): Promise<() => void> {
    // A wrong token is nobody's, where one may look without any.
    const identity = await this.#auth.identify(c).catch(() => undefined);
    if (identity === undefined || identity.kind === 'admin') return () => {};
    return this.#changes.listen(identity.user.id, () => {
      void this.#isStillLetIn(c, access).then((isLetIn) => isLetIn || end());
    });
  }

  async #isStillLetIn(c: Context, access: Access): Promise<boolean> {
    try {
      const identity = await this.#auth.identifyAnew(c);
      return identity !== undefined && (await this.admit(c, access)) !== undefined;
    } catch {
      return false;
    }
  }

  readonly #admissions: Admissions = {
    anyone: async () => ({}),
    visitor: async (c, access) => this.visit(c, slugOf(c), access),
    account: async (c, access) => {
      const identity = await this.#known(c, access);
      return { identity, account: await this.#accountOf(identity) };
    },
    publisher: async (c, access) => {
      const account = await this.account(c, access);
      if (!mayPublish(account)) throw new HttpError('forbidden', 'This account may not have channels.');
      return { account };
    },
    moderator: async (c, access) => {
      const identity = await this.#known(c, access);
      const channel = await this.#seen(identity, slugOf(c));
      if (!(await mayModerate(identity, channel, this.#moderators))) {
        throw new HttpError('forbidden', 'This is for the moderators of the channel.');
      }
      return { channel, account: await this.#accountOf(identity) };
    },
    manager: async (c, access) => this.managedChannel(c, slugOf(c), access),
    owner: async (c, access) => {
      if (access.orLocal && c.req.header('authorization') === undefined && isLocalRequest(c)) return {};
      await this.administrator(c, access);
      return {};
    },
  };

  /** Throws `unauthorized`, `insufficient_scope` and `forbidden` for whoever is not the server's owner. */
  async administrator(c: Context, needed: Needed): Promise<void> {
    if (mayAdminister(await this.#known(c, needed))) return;
    throw new HttpError('forbidden', "This is for the server's owner.");
  }

  /** The account that acts. The administrator's token acts for the owner; throws `not_set_up` while there is none. */
  async account(c: Context, needed: Needed): Promise<User> {
    return this.#accountOf(await this.#known(c, needed));
  }

  /** The account that acts, if any does. Throws `unauthorized` and `insufficient_scope`. */
  async accountIfAny(c: Context, needed: Needed): Promise<User | undefined> {
    // Of a viewer token it is known what may be watched, not who watches.
    const identity = this.#viewerAccess.bearer(c) === undefined ? await this.#auth.identify(c) : undefined;
    if (!identity) return undefined;
    requireScope(c, identity, needed);
    return this.#accountOf(identity);
  }

  /** Throws as `visit`. */
  async visibleChannel(c: Context, slug: string, needed: Needed): Promise<Channel> {
    return (await this.visit(c, slug, needed)).channel;
  }

  /** Throws `no_channel` for one that is not there and for one that may not be seen: who asks cannot tell them apart. */
  async visit(c: Context, slug: string, needed: Needed): Promise<Granted['visitor']> {
    const channel = await this.#channels.bySlug(slug);
    const seen = await this.#seenBy(c, channel, needed);
    if (!channel || !seen) throw noChannel();
    return { channel, ...seen };
  }

  async maySee(c: Context, channel: Channel | undefined, needed: Needed): Promise<boolean> {
    return (await this.#seenBy(c, channel, needed)) !== undefined;
  }

  /**
   * What everybody may see is seen with a wrong token too; of what is not, as of what is not there, a wrong token is told
   * that it is wrong, and one of too few scopes what it lacks.
   */
  async #seenBy(
    c: Context,
    channel: Channel | undefined,
    needed: Needed,
  ): Promise<{ pass: Pass | undefined } | undefined> {
    if (channel && channel.visibility !== 'private') return { pass: { id: channel.id } };
    const bearer = this.#viewerAccess.bearer(c);
    const identity = bearer === undefined ? await this.#auth.identify(c) : undefined;
    if (identity) requireScope(c, identity, needed);
    if (channel && (await maySee(identity, channel, this.#moderators))) return { pass: undefined };
    const token = bearer ?? this.#viewerAccess.cookie(c, channel);
    const pass = token === undefined ? undefined : await this.#viewerAccess.passOf(channel, token);
    return pass && { pass };
  }

  /** Throws `unauthorized`, `insufficient_scope`, `no_channel` and, where the channel is no secret, `forbidden`. */
  async managedChannel(c: Context, slug: string, needed: Needed): Promise<Granted['manager']> {
    const identity = await this.#known(c, needed);
    const channel = await this.#seen(identity, slug);
    if (!mayManage(identity, channel)) throw new HttpError('forbidden', 'This channel belongs to somebody else.');
    return { channel, account: await this.#accountOf(identity) };
  }

  async #known(c: Context, needed: Needed): Promise<Identity> {
    const identity = await this.#auth.required(c);
    requireScope(c, identity, needed);
    return identity;
  }

  async #seen(identity: Identity, slug: string): Promise<Channel> {
    const channel = await this.#channels.bySlug(slug);
    if (channel && (await maySee(identity, channel, this.#moderators))) return channel;
    throw noChannel();
  }

  async #accountOf(identity: Identity): Promise<User> {
    const user = identity.kind === 'admin' ? await this.#users.owner() : identity.user;
    if (!user) throw notSetUp();
    return user;
  }
}

/** RFC 6750, 3.1. */
function requireScope(c: Context, identity: Identity, { scope }: Needed): void {
  const { isPrecondition }: AppEnv['Bindings'] = c.env ?? {};
  if (isPrecondition || scope === 'none' || hasScope(identity, scope)) return;
  const headers = { 'WWW-Authenticate': `Bearer error="insufficient_scope", scope="${scope}"` };
  throw new HttpError('insufficient_scope', `This token has not the scope \`${scope}\`.`, { headers });
}

function slugOf(c: Context): string {
  const slug = c.req.param('slug');
  if (slug === undefined) throw new Error(`${c.req.routePath} declares access to a channel and names none`);
  return slug;
}

function noChannel(): ChannelError {
  return new ChannelError('no_channel', 'There is no such channel.');
}
