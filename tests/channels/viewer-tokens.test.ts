import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';
import { beforeEach, describe, expect, it } from 'vitest';
import { ViewerTokens } from '../../src/channels/viewer-tokens.ts';
import { SecretBox } from '../../src/secret-box.ts';
import { FakeViewerTokenStore } from '../support/fake-channel-stores.ts';

const CHANNEL = '018f0000-0000-7000-8000-000000000001';
const OTHER = '018f0000-0000-7000-8000-000000000002';
const MINUTE_MS = 60_000;

let nowMs: number;
let store: FakeViewerTokenStore;
let box: SecretBox;
let tokens: ViewerTokens;

beforeEach(() => {
  nowMs = Date.UTC(2026, 0, 1) + 999;
  store = new FakeViewerTokenStore();
  box = new SecretBox('tests');
  tokens = new ViewerTokens({ store, keys: box, now: () => new Date(nowMs) });
});

const mint = (ttlSeconds = 60, channelId = CHANNEL) =>
  tokens.create(channelId, { label: 'Ann', ttlSeconds, maxViewers: 2 });

describe('a viewer token', () => {
  it('lets its bearer watch its channel, and no other', async () => {
    const { token, record } = await mint();
    expect(await tokens.authenticate(CHANNEL, token)).toEqual(record);
    expect(await tokens.authenticate(OTHER, token)).toBeUndefined();
    expect(await tokens.authenticate(undefined, token)).toBeUndefined();
  });

  it('tells its bearer the channel, its own id and its end, and nothing of the label', async () => {
    const { token, record } = await mint();
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'HS256', typ: 'freshet-viewer+jwt' });
    expect(decodeJwt(token)).toEqual({ jti: record.id, aud: CHANNEL, exp: record.expiresAt.getTime() / 1000 });
  });

  it('ends in the second that was said, and its row with it', async () => {
    const { token, record } = await mint();
    nowMs = record.expiresAt.getTime() - 1;
    expect(await tokens.authenticate(CHANNEL, token)).toBeDefined();
    nowMs += 1;
    expect(await tokens.authenticate(CHANNEL, token)).toBeUndefined();
    expect(await tokens.list(CHANNEL, { limit: 10 })).toEqual([]);
    await mint();
    expect(store.rows.size).toBe(1);
  });

  it('is worth nothing once it is revoked, alone or with all of its channel', async () => {
    const [a, b, c] = [await mint(), await mint(), await mint()];
    const elsewhere = await mint(60, OTHER);
    await tokens.revoke(CHANNEL, a.record.id);
    expect(await tokens.authenticate(CHANNEL, a.token)).toBeUndefined();
    expect(await tokens.authenticate(CHANNEL, b.token)).toBeDefined();
    expect(await tokens.revokeAll(CHANNEL)).toEqual([b.record.id, c.record.id]);
    for (const { token } of [b, c]) expect(await tokens.authenticate(CHANNEL, token)).toBeUndefined();
    expect(await tokens.authenticate(OTHER, elsewhere.token)).toBeDefined();
    await expect(tokens.revoke(CHANNEL, a.record.id)).rejects.toMatchObject({ code: 'no_viewer_token' });
    await expect(tokens.revoke(CHANNEL, elsewhere.record.id)).rejects.toMatchObject({ code: 'no_viewer_token' });
  });

  it('is not one that was signed otherwise, or says less, or is mangled', async () => {
    const { token, record } = await mint();
    const key = box.derive(`viewer tokens of ${CHANNEL}`);
    const claims = { jti: record.id, aud: CHANNEL, exp: record.expiresAt.getTime() / 1000 };
    const signed = (payload: object, { with: by = key, alg = 'HS256', typ = 'freshet-viewer+jwt' } = {}) =>
      new SignJWT({ ...payload }).setProtectedHeader({ alg, typ }).sign(by);
    expect(await tokens.authenticate(CHANNEL, await signed(claims))).toEqual(record);

    const [head, body] = token.split('.');
    const none = Buffer.from('{"alg":"none","typ":"freshet-viewer+jwt"}').toString('base64url');
    const wrong = [
      await signed({ jti: record.id, aud: CHANNEL }),
      await signed({ aud: CHANNEL, exp: claims.exp }),
      await signed({ ...claims, aud: OTHER }),
      await signed({ ...claims, jti: 'no-id' }),
      await signed({ ...claims, nbf: claims.exp }),
      await signed(claims, { typ: 'JWT' }),
      await signed(claims, { alg: 'HS512', with: new Uint8Array(64) }),
      await signed(claims, { with: new SecretBox('another').derive(`viewer tokens of ${CHANNEL}`) }),
      `${none}.${body}.`,
      `${none}.${body}.AA`,
      `${head}.${body}`,
      `${head}.${body}.`,
      `${token}.AA`,
      `${token.slice(0, -6)}AAAAAA`,
      token.toLowerCase(),
      `${token}${'A'.repeat(1000)}`,
      '',
      '..',
      'a.b.c',
    ];
    for (const one of wrong) expect(await tokens.authenticate(CHANNEL, one), one).toBeUndefined();
  });
});

it('a minute is a minute', async () => {
  const { record } = await mint(60);
  const lastsMs = record.expiresAt.getTime() - nowMs;
  expect(lastsMs).toBeGreaterThan(MINUTE_MS - 1000);
  expect(lastsMs).toBeLessThanOrEqual(MINUTE_MS);
});
