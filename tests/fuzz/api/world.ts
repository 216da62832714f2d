import { randomUUID } from 'node:crypto';
import { ApiTokens } from '../../../src/accounts/api-tokens.ts';
import type { Role } from '../../../src/accounts/ports.ts';
import { openDatabase } from '../../../src/db/database.ts';
import { type HttpServer, serveHttp } from '../../../src/http/server.ts';
import { appOnDatabase } from '../../support/app-on-database.ts';
import { query, silentLog, TestPostgres, urlOf } from '../../support/database.ts';
import { ADMIN_TOKEN, FakeApp } from '../../support/fake-app.ts';
import type { FuzzRole } from './requests.ts';

/** A server with something on it, and one of each who may ask it. */
export interface World {
  readonly app: FakeApp;
  readonly server: HttpServer;
  readonly tokens: Readonly<Record<FuzzRole, string | undefined>>;
  /** What no request may have brought about; empty where all is as it should be. */
  readonly insane: () => Promise<readonly unknown[]>;
  readonly close: () => Promise<void>;
}

type Made = Omit<World, 'server' | 'tokens'> & { readonly tokenOf: (role: Role) => Promise<string> };

export async function worldOfFakes(): Promise<World> {
  const app = new FakeApp();
  const tokenOf = async (role: Role) => (await app.account(role, role)).token;
  const close = () => app.streams.close();
  return served({ app, tokenOf, insane: async () => [], close });
}

export async function worldOnPostgres(): Promise<World> {
  const postgres = await TestPostgres.start();
  const connection = await postgres.newDatabase();
  const database = await openDatabase({ config: { dataDir: '', databaseUrl: urlOf(connection) }, log: silentLog });
  const app = appOnDatabase(database);
  const tokens = new ApiTokens({ store: database.apiTokens });
  const tokenOf = async (role: Role) => {
    const id = randomUUID();
    await query(
      connection,
      `INSERT INTO users (id, name, name_key, role, password_hash) VALUES ('${id}', '${role}', '${role}', '${role}', '-')`,
    );
    return (await tokens.create(id, { name: 'fuzz' })).token;
  };
  return served({
    app,
    tokenOf,
    insane: () => query(connection, INSANE),
    close: async () => {
      await app.streams.close();
      await database.close();
      await postgres.close();
    },
  });
}

async function served({ tokenOf, close, ...made }: Made): Promise<World> {
  const server = await serveHttp({ app: made.app.app, host: '127.0.0.1', port: 0 });
  const [owner, streamer, viewer] = [await tokenOf('owner'), await tokenOf('streamer'), await tokenOf('viewer')];
  return {
    ...made,
    server,
    tokens: { admin: ADMIN_TOKEN, owner, streamer, viewer, nobody: undefined, wrong: 'frt_nonsense' },
    close: async () => {
      await server.close();
      await close();
    },
  };
}

const INSANE = `
  SELECT 'channel' AS what, slug AS which FROM channels
  WHERE slug !~ '^[a-z0-9-]{3,40}$' OR length(title) NOT BETWEEN 1 AND 120 * 2 OR length(description) > 8000
  UNION ALL SELECT 'key', id::text FROM stream_keys WHERE length(name) NOT BETWEEN 1 AND 120 OR length(hash) <> 32
  UNION ALL SELECT 'token', id::text FROM api_tokens WHERE length(name) NOT BETWEEN 1 AND 120 OR length(hash) <> 32
  UNION ALL SELECT 'webhook', id::text FROM webhooks WHERE url !~ '^https?://' OR cardinality(events) = 0
  UNION ALL SELECT 'no owner who can log in', ''
  WHERE NOT EXISTS (SELECT 1 FROM users WHERE role = 'owner' AND disabled_at IS NULL)`;
