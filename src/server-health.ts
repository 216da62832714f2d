import type { Config } from './config.ts';
import type { FoundFfmpeg } from './ffmpeg.ts';
import { Health } from './health/health.ts';
import { freeBytesOf, isInContainer, openFilesLimit } from './health/machine.ts';
import { type HealthCheck, stateOf } from './http/health.ts';
import type { MediaPlane } from './streams/ports.ts';
import { grantedSendBuffer } from './transport/granted-buffer.ts';

/** Health with the facts of this server, gathered anew whenever somebody asks. */
export function serverHealth(options: {
  readonly config: Config;
  readonly media: Pick<MediaPlane, 'endpoints'>;
  readonly ffmpeg: Promise<FoundFfmpeg>;
  readonly checks: {
    readonly database: HealthCheck;
    readonly media: HealthCheck;
    readonly storage: { readonly unneeded: HealthCheck };
  };
}): Health {
  const { config, media, ffmpeg, checks } = options;
  const { publicUrl, dataDir, http } = config;
  return new Health({
    offered: () => ({
      addresses: media.endpoints()[0]?.candidates.map(({ address }) => address) ?? [],
      isAnnounced: config.media.announcedAddresses.length > 0,
      isInContainer: isInContainer(),
      ...(publicUrl !== undefined && { publicHost: new URL(publicUrl).hostname }),
    }),
    facts: async () => ({
      httpHost: http.host,
      httpPort: http.port,
      ...(publicUrl !== undefined && { publicUrl }),
      hasTurn: config.turn !== undefined,
      database: await stateOf(checks.database),
      media: await stateOf(checks.media),
      storage: await stateOf(checks.storage.unneeded),
      ffmpeg: await ffmpeg,
      machine: {
        dataDir,
        freeBytes: await freeBytesOf(dataDir),
        openFilesLimit: await openFilesLimit(),
        sendBuffer: await grantedSendBuffer(),
      },
    }),
  });
}
