import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import { type Accounts, openAccounts } from '../../src/accounts/accounts.ts';
import type { Role, User } from '../../src/accounts/ports.ts';
import { Analytics } from '../../src/analytics/analytics.ts';
import { Channels } from '../../src/channels/channels.ts';
import { Moderators } from '../../src/channels/moderators.ts';
import type { Channel, Visibility } from '../../src/channels/ports.ts';
import { StreamKeys } from '../../src/channels/stream-keys.ts';
import { ViewerTokens } from '../../src/channels/viewer-tokens.ts';
import { BanBook } from '../../src/chat/ban-book.ts';
import { Chat } from '../../src/chat/chat.ts';
import { GuestPasses } from '../../src/chat/guests.ts';
import { ChatLinks } from '../../src/chat/links.ts';
import { TakenNames } from '../../src/chat/taken-names.ts';
import { Health } from '../../src/health/health.ts';
import { type AppOptions, createApp } from '../../src/http/app.ts';
import { Limits } from '../../src/http/limits.ts';
import { ChannelImages } from '../../src/images/channel-images.ts';
import { Jobs } from '../../src/jobs/jobs.ts';
import { SecretBox } from '../../src/secret-box.ts';
import type { StreamStore } from '../../src/streams/ports.ts';
import { Probes } from '../../src/streams/probes.ts';
import { StreamRegistry } from '../../src/streams/registry.ts';
import { StreamNews } from '../../src/webhooks/stream-news.ts';
import { Webhooks } from '../../src/webhooks/webhooks.ts';
import { afterTest } from './after-test.ts';
import { type ApiDocument, expectAsDescribed } from './api-contract.ts';
import {
  FakeApiTokenStore,
  FakeLoginSessionStore,
  FakeOneTimeLinkStore,
  FakeUserStore,
} from './fake-account-stores.ts';
import { FakeAnalyticsStore } from './fake-analytics-store.ts';
import {
  FakeChannelStore,
  FakeModeratorStore,
  FakeStreamKeyStore,
  FakeViewerTokenStore,
} from './fake-channel-stores.ts';
import { FakeBanStore, FakeMessageStore } from './fake-chat-stores.ts';
import { FakeClock, settled } from './fake-clock.ts';
import { FakeJobs } from './fake-jobs.ts';
import { FakeMediaPlane } from './fake-media-plane.ts';
import { FakeRecordings } from './fake-recordings.ts';
import { FakeRenditions } from './fake-renditions.ts';
import { FakeStreamStore } from './fake-stream-store.ts';
import { FakeDeliveryStore, FakeWebhookStore } from './fake-webhook-stores.ts';
import { obsOffer } from './offers.ts';
import { allWell } from './server-facts.ts';

export const ADMIN_TOKEN = 'an-admin-token-of-at-least-32-characters';

const someFigures = {
  ...{ place: 'the data folder', isBucket: false, state: 'ok', waitingBytes: 0 },
  bytes: { recordings: 1_000, renditions: 200, live: 30, images: 4, database: null },
  disk: { freeBytes: 5_000, totalBytes: 9_000 },
};

/** All of the server that speaks HTTP, with media and database in memory. */
export class FakeApp {
  readonly clock = new FakeClock();
  readonly media = new FakeMediaPlane();
  readonly streamStore = new FakeStreamStore();
  readonly analyticsStore = new FakeAnalyticsStore(this.streamStore);
  readonly users = new FakeUserStore();
  readonly channelStore = new FakeChannelStore();
  readonly #keyStore = new FakeStreamKeyStore(this.channelStore);
  readonly sessions = new FakeLoginSessionStore(this.users);
  readonly streamKeys = new StreamKeys({ store: this.#keyStore });
  readonly moderators = new Moderators({ store: new FakeModeratorStore(this.users.rows), users: this.users });
  readonly viewerTokens = new ViewerTokens({ store: new FakeViewerTokenStore(), keys: new SecretBox('tests') });
  readonly accounts: Accounts;
  readonly webhookStore = new FakeWebhookStore(this.channelStore);
  readonly deliveries = new FakeDeliveryStore(this.webhookStore);
  readonly webhooks = new Webhooks({
    store: this.webhookStore,
    deliveries: this.deliveries,
    secrets: new SecretBox('tests'),
    isPrivateAllowed: false,
  });
  readonly renditions: FakeRenditions;
  readonly recordings = new FakeRecordings();
  readonly jobs = new FakeJobs(this.channelStore);
  readonly imageFolder = mkdtempSync(join(tmpdir(), 'freshet-images-'));
  readonly messages = new FakeMessageStore(this.users);
  readonly banStore = new FakeBanStore();
  readonly chat: Chat;
  readonly streams: StreamRegistry;
  readonly app: ReturnType<typeof createApp>;
  readonly log: string[] = [];
  #document: Promise<ApiDocument> | undefined;

  constructor(
    options: Partial<AppOptions> & { maxSessions?: number; store?: StreamStore; isRegistrationOpen?: boolean } = {},
  ) {
    const { users, sessions: loginSessions } = this;
    const stores = {
      users,
      loginSessions,
      apiTokens: new FakeApiTokenStore(users),
      oneTimeLinks: new FakeOneTimeLinkStore(users),
    };
    this.accounts = openAccounts(stores, { isOpen: options.isRegistrationOpen === true });
    const log: Logger = pino({ level: 'debug' }, { write: (line: string) => this.log.push(line) });
    const { media, clock } = this;
    this.renditions = new FakeRenditions({ storage: this.recordings.storage, now: () => clock.now() });
    const { maxSessions, store = this.streamStore } = options;
    const { channels = new Channels({ store: this.channelStore }) } = options;
    afterTest(() => rmSync(this.imageFolder, { recursive: true, force: true }));
    const now = () => clock.now();
    const key = new SecretBox('tests').derive('chat');
    const bans = new BanBook({ store: this.banStore, key, now });
    const names = new TakenNames({ accounts: this.messages, now });
    this.chat = new Chat({ messages: this.messages, bans, names, now });
    const guests = new GuestPasses({ key });
    const chatLinks = new ChatLinks({
      chat: this.chat,
      guests,
      channel: (slug) => this.channelStore.bySlug(slug),
      send: (sessionIds, text) => media.sendText(sessionIds, text),
      failed: (error) => log.error({ err: error }),
    });
    this.streams = new StreamRegistry({
      media,
      store,
      clock,
      log,
      sinks: [this.recordings.recordings, this.renditions.renditions, this.renditions.ladders],
      texts: chatLinks,
      witness: new StreamNews({ deliveries: this.deliveries }),
      ...(maxSessions !== undefined && { maxSessions }),
    });
    this.app = createApp({
      streams: this.streams,
      channels,
      moderators: this.moderators,
      streamKeys: this.streamKeys,
      viewerTokens: this.viewerTokens,
      ...this.accounts,
      limits: new Limits({ isBehindProxy: options.publicUrl !== undefined, pause: async () => {} }),
      history: this.streamStore,
      recordings: this.recordings.recordings,
      jobs: new Jobs({ store: this.jobs, renditions: this.jobs }),
      storage: this.recordings.storage,
      storageFigures: async () => someFigures,
      renditions: this.renditions.renditions,
      ladders: this.renditions.ladders,
      images: new ChannelImages({ channels, folder: this.imageFolder, log }),
      analytics: new Analytics({ store: this.analyticsStore }),
      health: new Health({ facts: async () => allWell, offered: () => allWell.offered }),
      probes: new Probes({ media, clock }),
      webhooks: this.webhooks,
      chat: this.chat,
      bans,
      guests,
      chatLinks,
      log,
      adminToken: ADMIN_TOKEN,
      ...options,
    });
  }

  async request(path: string, init: RequestInit = {}): Promise<Response> {
    return this.app.request(path, init);
  }

  /** With a JSON body and a bearer token where given. Every answer is held against the API's own description. */
  async call(
    method: string,
    path: string,
    { token, body }: { token?: string; body?: unknown } = {},
  ): Promise<Response> {
    const headers = new Headers();
    if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
    if (body !== undefined) headers.set('content-type', 'application/json');
    const response = await this.request(`/api/v1${path}`, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.headers.get('content-type')?.startsWith('text/event-stream')) {
      await expectAsDescribed(await this.document(), method, path, response.clone());
    }
    return response;
  }

  /** The API as it describes itself. */
  document(): Promise<ApiDocument> {
    this.#document ??= Promise.resolve(this.request('/api/v1/openapi.json')).then(
      (response) => response.json() as Promise<ApiDocument>,
    );
    return this.#document;
  }

  /** An account and an API token of it. */
  async account(name: string, role: Role): Promise<{ user: User; token: string }> {
    const user = this.users.add(name, role);
    return { user, token: (await this.accounts.apiTokens.create(user.id, { name: 'tests' })).token };
  }

  async channel(
    slug: string,
    ownerId: string,
    visibility: Visibility = 'public',
  ): Promise<{ channel: Channel; key: string; keyId: string }> {
    const draft = { slug, title: `Channel ${slug}`, description: '', category: '', visibility, ownerId };
    const channel = await this.channelStore.create(draft);
    if (!channel) throw new Error('the slug is taken');
    const { key, record } = await this.streamKeys.create(channel.id, { name: 'tests' });
    return { channel, key, keyId: record.id };
  }

  /** A WHIP POST, as OBS sends it. */
  async publish(
    key: string,
    init: { headers?: Record<string, string>; body?: RequestInit['body'] } = {},
  ): Promise<Response> {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/sdp', ...init.headers };
    return this.request('/whip', { method: 'POST', headers, body: init.body ?? obsOffer, duplex: 'half' });
  }

  /** Publishes and connects; the path of the session. */
  async goLive(key: string): Promise<string> {
    const response = await this.publish(key);
    if (response.status !== 201) throw new Error(`publish: ${response.status} ${await response.text()}`);
    const location = response.headers.get('location') ?? '';
    this.media.connect(location.split('/').at(-1) ?? '');
    await settled();
    return location;
  }
}
