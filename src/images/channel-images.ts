import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { ChannelError } from '../channels/errors.ts';
import type { Channel, ChannelChange } from '../channels/ports.ts';
import { type PictureFormat, readPicture } from './picture.ts';

/** `avatar`: its face, square in most places. `poster`: what stands in the player's place while nobody is live. */
export const IMAGE_KINDS = ['avatar', 'poster'] as const;
export type ImageKind = (typeof IMAGE_KINDS)[number];

export const MAX_IMAGE_BYTES = { avatar: 1 << 20, poster: 3 << 20 } as const satisfies Record<ImageKind, number>;
export const IMAGE_TYPES = ['image/png', 'image/jpeg', 'image/webp'] as const;

const MIN_SIDE = 16;
const MAX_SIDE = 4096;
const HASH_CHARACTERS = 16;
const EXTENSIONS = { png: 'png', jpeg: 'jpg', webp: 'webp' } as const satisfies Record<PictureFormat, string>;
const TYPE_OF: Readonly<Record<string, string>> = { png: 'image/png', jpg: 'image/jpeg', webp: 'image/webp' };

interface Update {
  update(channel: Channel, change: ChannelChange): Promise<Channel>;
}

/** The name of its file, or `null`. */
export function imageFile(channel: Channel, kind: ImageKind): string | null {
  return kind === 'avatar' ? channel.avatarFile : channel.posterFile;
}

/** What tells this picture from those before and after it. */
export function imageVersion(file: string): string {
  return file.slice(file.indexOf('-') + 1, file.lastIndexOf('.'));
}

export function imageType(file: string): string {
  return TYPE_OF[file.slice(file.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
}

/** Avatars and posters: a folder for each channel, and in it the files that the channel's row names. */
export class ChannelImages {
  readonly #channels: Update;
  readonly #folder: string;
  readonly #log: Logger;

  constructor({ channels, folder, log }: { channels: Update; folder: string; log: Logger }) {
    this.#channels = channels;
    this.#folder = folder;
    this.#log = log;
  }

  /** In place of the one before. Throws `bad_image`, `storage_full` and `storage_failed`, and then all is as it was. */
  async put(channel: Channel, kind: ImageKind, given: Uint8Array): Promise<Channel> {
    const { bytes, format } = checked(given);
    const hash = createHash('sha256').update(bytes).digest('hex').slice(0, HASH_CHARACTERS);
    const file = `${kind}-${hash}.${EXTENSIONS[format]}`;
    await this.#write(channel.id, file, bytes);
    return this.#name(channel, kind, file);
  }

  async remove(channel: Channel, kind: ImageKind): Promise<Channel> {
    return this.#name(channel, kind, null);
  }

  path(channel: Channel, file: string): string {
    return join(this.#folder, channel.id, file);
  }

  /** Of a channel that is gone. */
  async forget(channel: Channel): Promise<void> {
    await rm(join(this.#folder, channel.id), { recursive: true, force: true }).catch((error: unknown) =>
      this.#log.warn({ err: error, channel: channel.slug }, 'pictures of a deleted channel were not removed'),
    );
  }

  async #write(channelId: string, file: string, bytes: Uint8Array): Promise<void> {
    const folder = join(this.#folder, channelId);
    const part = join(folder, `.${randomUUID()}.part`);
    try {
      await mkdir(folder, { recursive: true, mode: 0o750 });
      await writeFile(part, bytes, { mode: 0o640, flag: 'wx', flush: true });
      await rename(part, join(folder, file));
    } catch (error) {
      await rm(part, { force: true }).catch(() => {});
      throw this.#explained(error);
    }
  }

  async #name(channel: Channel, kind: ImageKind, file: string | null): Promise<Channel> {
    const updated = await this.#channels.update(
      channel,
      kind === 'avatar' ? { avatarFile: file } : { posterFile: file },
    );
    await this.#tidy(updated, kind);
    return updated;
  }

  /** Whatever else there is of the kind: the one before, and what a crash left. */
  async #tidy(channel: Channel, kind: ImageKind): Promise<void> {
    const folder = join(this.#folder, channel.id);
    const kept = imageFile(channel, kind);
    const names = await readdir(folder).catch(() => []);
    const old = names.filter((name) => name.startsWith(`${kind}-`) && name !== kept);
    for (const name of old) await rm(join(folder, name), { force: true }).catch(() => {});
  }

  #explained(cause: unknown): ChannelError {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    this.#log.error({ err: cause }, 'a picture was not written');
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      return new ChannelError('storage_full', 'There is no room left on the server for this picture.', { cause });
    }
    return new ChannelError('storage_failed', 'The server can not keep pictures now.', { cause });
  }
}

function checked(given: Uint8Array) {
  const picture = readPicture(given);
  if (!picture) throw new ChannelError('bad_image', 'This is no whole PNG, JPEG or WebP picture that stands still.');
  const sides = [picture.width, picture.height];
  if (sides.some((side) => side < MIN_SIDE || side > MAX_SIDE)) {
    throw new ChannelError(
      'bad_image',
      `Each side must have ${MIN_SIDE} to ${MAX_SIDE} pixels; it has ${sides.join('×')}.`,
    );
  }
  return picture;
}
