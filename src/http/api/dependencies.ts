import type { Accounts } from '../../accounts/accounts.ts';
import type { Analytics } from '../../analytics/analytics.ts';
import type { Channels } from '../../channels/channels.ts';
import type { Moderators } from '../../channels/moderators.ts';
import type { StreamKeys } from '../../channels/stream-keys.ts';
import type { ViewerTokens } from '../../channels/viewer-tokens.ts';
import type { BanBook } from '../../chat/ban-book.ts';
import type { Chat } from '../../chat/chat.ts';
import type { GuestPasses } from '../../chat/guests.ts';
import type { Health } from '../../health/health.ts';
import type { ChannelImages } from '../../images/channel-images.ts';
import type { Jobs } from '../../jobs/jobs.ts';
import type { Recordings } from '../../recording/recordings.ts';
import type { StorageFigures } from '../../storage/storage-figures.ts';
import type { StreamHistory } from '../../streams/ports.ts';
import type { Probes } from '../../streams/probes.ts';
import type { StreamRegistry } from '../../streams/registry.ts';
import type { Webhooks } from '../../webhooks/webhooks.ts';
import type { Auth } from '../auth.ts';
import type { Gate } from '../gate.ts';
import type { TurnOptions } from '../ice-servers.ts';
import type { Limits } from '../limits.ts';
import type { ViewerAccess } from '../viewer-access.ts';

/** What the API speaks for. */
export interface ApiDependencies extends Accounts {
  readonly auth: Auth;
  readonly gate: Gate;
  readonly viewerAccess: ViewerAccess;
  readonly limits: Limits;
  readonly channels: Channels;
  readonly moderators: Moderators;
  readonly streamKeys: StreamKeys;
  readonly viewerTokens: ViewerTokens;
  readonly streams: StreamRegistry;
  readonly history: StreamHistory;
  readonly recordings: Recordings;
  readonly storageFigures: () => Promise<StorageFigures>;
  readonly jobs: Jobs;
  readonly images: ChannelImages;
  readonly analytics: Analytics;
  readonly health: Health;
  readonly probes: Probes;
  readonly turn?: TurnOptions | undefined;
  readonly webhooks: Webhooks;
  readonly chat: Chat;
  readonly bans: BanBook;
  readonly guests: GuestPasses;
}
