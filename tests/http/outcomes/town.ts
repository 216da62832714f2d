import type { AppEnv } from '../../../src/http/env.ts';
import { Limits } from '../../../src/http/limits.ts';
import { ADMIN_TOKEN, FakeApp } from '../../support/fake-app.ts';

export const PASSWORD = 'correct horse battery';

export type FakeAppOptions = ConstructorParameters<typeof FakeApp>[0];

/** A server with people, a public channel `brook` that is live and recorded, a private one `spring`, and one of everything. */
export interface Town {
  readonly fake: FakeApp;
  readonly tokens: Readonly<Record<'owner' | 'stranger' | 'viewer' | 'admin', string>>;
  /** Where the path of a route leads to, by its beginning: the longest that fits counts. */
  readonly ids: Readonly<Record<string, string>>;
  /** What is on `spring`. */
  readonly hidden: { readonly streamId: string; readonly recordingId: string };
}

/** Limits spare who asks from there. */
const FROM_HERE = { incoming: { socket: { remoteAddress: '127.0.0.1' } } } as AppEnv['Bindings'];

export async function newTown(options: FakeAppOptions = {}): Promise<Town> {
  const fake = new FakeApp(options);
  const owner = await fake.account('owner', 'owner');
  const stranger = await fake.account('stranger', 'streamer');
  const viewer = await fake.account('viewer', 'viewer');
  const { keyId } = await fake.channel('brook', owner.user.id);
  await fake.channel('spring', owner.user.id, 'private');
  const send = async (method: string, path: string, body: object, { token }: { token: string } = owner) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    return fake.app.request(`/api/v1${path}`, { method, headers, body: JSON.stringify(body) }, FROM_HERE);
  };
  const make = async (path: string, body: object = {}, by = owner) =>
    (await (await send('POST', path, body, by)).json()) as { id: string; key: string };
  const live = async (slug: string) => {
    await send('PATCH', `/channels/${slug}`, { isRecorded: true });
    await fake.goLive((await make(`/channels/${slug}/keys`, { name: 'live' })).key);
    fake.recordings.report({ type: 'closed', lost: 0 });
    const recordingId = [...fake.recordings.store.rows.keys()].at(-1) ?? '';
    return { streamId: [...fake.streamStore.rows.keys()].at(-1) ?? '', recordingId };
  };
  await make('/channels/brook/chat', { text: 'hello' }, stranger);
  const hidden = await live('spring');
  const shown = await live('brook');
  const webhook = await make('/webhooks', { url: 'https://hook.example/', events: ['stream.ended'] });
  const { id: channelId = '' } = (await fake.channelStore.bySlug('brook')) ?? {};
  const { job } = await fake.jobs.add({ kind: 'pictures', channelId, recordingId: shown.recordingId });
  await fake.accounts.login.open(owner.user, 'Firefox on Linux');
  return {
    fake,
    tokens: { owner: owner.token, stranger: stranger.token, viewer: viewer.token, admin: ADMIN_TOKEN },
    hidden,
    ids: {
      '/channels/{slug}/keys': keyId,
      '/channels/{slug}/viewer-tokens': (await make('/channels/brook/viewer-tokens', { ttlSeconds: 60 })).id,
      '/streams': shown.streamId,
      '/recordings': shown.recordingId,
      '/jobs': job.id,
      '/tokens': (await make('/tokens', { name: 'script' })).id,
      '/admin/tokens': (await make('/tokens', { name: 'of a stranger' }, stranger)).id,
      '/webhooks': webhook.id,
      deliveryId: (await make(`/webhooks/${webhook.id}/test`)).id,
      '/chat': (await make('/channels/brook/chat', { text: 'hello' }, viewer)).id,
      '/channels/{slug}/chat/authors': viewer.user.id,
      '/channels/{slug}/bans': (await make('/channels/brook/bans', { authorId: stranger.user.id })).id,
      '/users': viewer.user.id,
      '/logins': [...fake.sessions.rows.values()].at(-1)?.id ?? '',
      '/invites': (await make('/invites', { role: 'viewer' })).id,
    },
  };
}

/** `strict` has no requests left for anybody from afar, `broken` fails whatever is asked, `ownerless` has lost its accounts. */
export type SharedTown = 'usual' | 'strict' | 'broken' | 'ownerless';

const shared = new Map<SharedTown, Promise<Town>>();

export function sharedTown(kind: SharedTown): Promise<Town> {
  const town = shared.get(kind) ?? makers[kind]();
  shared.set(kind, town);
  return town;
}

const makers: Readonly<Record<SharedTown, () => Promise<Town>>> = {
  usual: () => newTown(),
  strict: () => newTown({ limits: new Limits({ isBehindProxy: false, apiPerMinute: 0 }) }),
  broken: async () => {
    const limits = new BrokenLimits({ isBehindProxy: false });
    const town = await newTown({ limits });
    limits.isBroken = true;
    return town;
  },
  ownerless: async () => {
    const town = await newTown();
    town.fake.users.rows.clear();
    return town;
  },
};

/** Fails as no code should, from when it is told to. */
class BrokenLimits extends Limits {
  isBroken = false;

  override async countApi(...of: Parameters<Limits['countApi']>): Promise<void> {
    if (this.isBroken) throw new Error('broken');
    await super.countApi(...of);
  }
}
