import { errors, jwtVerify, SignJWT } from 'jose';

/** RFC 7519. Another kind of token that happens to be signed with the same key is none of ours. */
const ALGORITHM = 'HS256';
const KIND = 'freshet-viewer+jwt';
const LONGEST = 1_000;

export interface ViewerClaims {
  readonly tokenId: string;
  readonly channelId: string;
  readonly expiresAt: Date;
}

/** Whether it has the form of one; no API token has. */
export function looksLikeJwt(text: string): boolean {
  return text.length <= LONGEST && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text);
}

/** What the holder may read is in it, and no more: its label and its limits stay with us. */
export function signViewerJwt(key: Uint8Array, { tokenId, channelId, expiresAt }: ViewerClaims): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg: ALGORITHM, typ: KIND })
    .setJti(tokenId)
    .setAudience(channelId)
    .setExpirationTime(expiresAt)
    .sign(key);
}

/** The id of the token, where it was signed with this key for this channel and has not expired. */
export async function tokenIdOf(
  key: Uint8Array,
  token: string,
  { channelId, now }: { channelId: string; now: Date },
): Promise<string | undefined> {
  if (!looksLikeJwt(token)) return undefined;
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: [ALGORITHM],
      typ: KIND,
      audience: channelId,
      requiredClaims: ['exp', 'jti'],
      currentDate: now,
    });
    return payload.jti;
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}
