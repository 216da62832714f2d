import { openAccounts } from '../../src/accounts/accounts.ts';
import { Channels } from '../../src/channels/channels.ts';
import { Moderators } from '../../src/channels/moderators.ts';
import { StreamKeys } from '../../src/channels/stream-keys.ts';
import { ViewerTokens } from '../../src/channels/viewer-tokens.ts';
import type { Database } from '../../src/db/database.ts';
import type { AppOptions } from '../../src/http/app.ts';
import { SecretBox } from '../../src/secret-box.ts';
import { Webhooks } from '../../src/webhooks/webhooks.ts';
import { FakeApp } from './fake-app.ts';

/** All that speaks HTTP on real rows; media alone is not there. */
export function appOnDatabase(database: Database, more: Partial<AppOptions> = {}): FakeApp {
  const { users, streams, webhooks: store, webhookDeliveries: deliveries } = database;
  return new FakeApp({
    store: streams,
    history: streams,
    ...openAccounts(database, { isOpen: true }),
    channels: new Channels({ store: database.channels }),
    moderators: new Moderators({ store: database.moderators, users }),
    streamKeys: new StreamKeys({ store: database.streamKeys }),
    viewerTokens: new ViewerTokens({ store: database.viewerTokens, keys: new SecretBox('tests') }),
    webhooks: new Webhooks({ store, deliveries, secrets: new SecretBox('tests'), isPrivateAllowed: false }),
    ...more,
  });
}
