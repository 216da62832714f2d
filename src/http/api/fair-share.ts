import { hash as hashed } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import type { Auth } from '../auth.ts';
import type { AppEnv } from '../env.ts';
import type { Limits } from '../limits.ts';
import type { Identity } from '../permissions.ts';

const REMEMBERED_MS = 60_000;
const MAX_REMEMBERED = 10_000;

interface Remembered {
  readonly whose: string;
  readonly untilMs: number;
}

/**
 * Counts requests by token or account, so that an office behind one address is not one client; by address for those who
 * are nobody. Once an address has used up its share, only credentials that were good a moment ago are looked at: guesses
 * cost no more of the database than the share allows.
 */
export function fairShare(auth: Auth, limits: Limits, now: () => number = Date.now): MiddlewareHandler<AppEnv> {
  const good = new Map<string, Remembered>();
  return async (c, next) => {
    const credential = c.req.header('authorization') ?? c.req.header('cookie');
    const hash = credential === undefined ? '' : hashed('sha256', credential, 'base64');
    const remembered = good.get(hash);
    let whose = remembered && now() < remembered.untilMs ? remembered.whose : undefined;
    if (hash !== '' && whose === undefined && !(await limits.isUsedUp(c, 'api'))) {
      // What is wrong with a credential is told by the gate, where one is needed.
      whose = budgetOf(await auth.identify(c).catch(() => undefined));
      if (good.size >= MAX_REMEMBERED) good.clear();
      if (whose !== undefined) good.set(hash, { whose, untilMs: now() + REMEMBERED_MS });
    }
    await limits.countApi(c, whose);
    await next();
  };
}

function budgetOf(identity: Identity | undefined): string | undefined {
  if (!identity || identity.kind === 'admin') return identity?.kind;
  return identity.kind === 'token' ? `token ${identity.token.id}` : `account ${identity.user.id}`;
}
