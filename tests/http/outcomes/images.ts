import { rmSync, writeFileSync } from 'node:fs';
import { pino } from 'pino';
import { ChannelError } from '../../../src/channels/errors.ts';
import { ChannelImages, IMAGE_KINDS, type ImageKind } from '../../../src/images/channel-images.ts';
import { fixture } from '../../images/pictures.ts';
import type { Ask, Outcomes, Rows } from './ask.ts';
import type { Town } from './town.ts';

const picture = { body: Uint8Array.from(fixture('plain.png')), headers: { 'content-type': 'image/png' } };

class FullDisk extends ChannelImages {
  constructor() {
    const update = () => Promise.reject(new Error('nothing is kept'));
    super({ channels: { update }, folder: '', log: pino({ level: 'silent' }) });
  }

  override async put(): Promise<never> {
    throw new ChannelError('storage_full', 'There is no room left.');
  }
}

async function noFolder({ fake }: Town): Promise<Ask> {
  rmSync(fake.imageFolder, { recursive: true });
  writeFileSync(fake.imageFolder, '');
  return {};
}

function withPicture(kind: ImageKind, headers: Record<string, string> = {}): Ask {
  return {
    first: async ({ fake, tokens }) => {
      const authorization = `Bearer ${tokens.owner}`;
      const sent = { method: 'PUT', body: picture.body, headers: { ...picture.headers, authorization } };
      await fake.request(`/api/v1/channels/brook/${kind}`, sent);
      return { headers };
    },
  };
}

const outcomesOf = (kind: ImageKind): [route: string, outcomes: Outcomes][] => [
  [
    `GET /channels/{slug}/${kind}`,
    {
      200: withPicture(kind),
      206: withPicture(kind, { range: 'bytes=0-9' }),
      304: withPicture(kind, { 'if-none-match': '*' }),
      range_not_satisfiable: withPicture(kind, { range: 'bytes=9999999-' }),
      no_image: {},
    },
  ],
  [
    `PUT /channels/{slug}/${kind}`,
    {
      200: picture,
      bad_image: { ...picture, body: 'no picture' },
      storage_full: { ...picture, server: { images: new FullDisk() } },
      storage_failed: { ...picture, first: noFolder },
    },
  ],
  [`DELETE /channels/{slug}/${kind}`, { 204: {} }],
];

export const imageRows: Rows = Object.fromEntries(IMAGE_KINDS.flatMap(outcomesOf));
