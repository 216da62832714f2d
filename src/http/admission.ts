import type { Context } from 'hono';
import type { Authorizer, Question } from '../webhooks/authorizer.ts';
import { clientAddress } from './client-address.ts';
import type { AppEnv } from './env.ts';
import { HttpError } from './errors.ts';

const LONGEST_USER_AGENT = 300;

/** Lets in whom the operator's own server lets in, where there is one. Throws `not_admitted` and `authorizer_away`. */
export type Admission = (
  c: Context<AppEnv>,
  asked: Pick<Question, 'action' | 'channel' | 'keyId' | 'viewerTokenId'>,
) => Promise<void>;

export function admission(authorizer: Authorizer | undefined, isBehindProxy: boolean): Admission {
  return async (c, asked) => {
    if (!authorizer) return;
    const userAgent = c.req.header('user-agent')?.slice(0, LONGEST_USER_AGENT);
    const address = clientAddress(c, isBehindProxy);
    const verdict = await authorizer.ask({
      ...asked,
      ...(address !== '' && { clientAddress: address }),
      ...(userAgent !== undefined && { userAgent }),
    });
    if (verdict.type === 'refused') {
      throw new HttpError('not_admitted', verdict.reason ?? `You may not ${asked.action} here.`);
    }
    if (verdict.type === 'unknown') {
      throw new HttpError(
        'authorizer_away',
        `Nobody can say now whether you may ${asked.action} here. Try again soon.`,
      );
    }
  };
}
