import { Pool } from 'pg';
import { EmbeddedPostgres } from '../../src/db/embedded-postgres.ts';
import { findUnprivileged } from '../../src/db/unprivileged.ts';
import { createLog } from '../../src/log.ts';

/**
 * A server that does nothing but write, until it is killed: each number it prints is in the database for good.
 * `node database-writer.ts <folder> [leaves-orphan]`; with the second word its database outlives it.
 */
const [dataDir = '', mode] = process.argv.slice(2);
const found = findUnprivileged();
const deathWords = mode === 'leaves-orphan' ? found.prefix.indexOf('--pdeathsig') - 1 : -1;
const unprivileged = deathWords < 0 ? found : { ...found, prefix: found.prefix.slice(0, deathWords) };

const log = createLog({ level: 'silent', pretty: false });
const postgres = await EmbeddedPostgres.start({ dataDir, log, unprivileged });
const pool = new Pool(postgres.connection);
pool.on('error', () => process.exit(1)); // it is being killed piece by piece
await pool.query('CREATE TABLE IF NOT EXISTS written (n BIGINT PRIMARY KEY)');
const { rows } = await pool.query<{ next: string }>('SELECT coalesce(max(n), 0) + 1 AS next FROM written');
let next = Number(rows[0]?.next);

async function writeForEver(): Promise<never> {
  for (;;) {
    const n = next;
    next += 1;
    await pool.query('INSERT INTO written VALUES ($1)', [n]);
    process.stdout.write(`${n}\n`);
  }
}

await Promise.all([writeForEver(), writeForEver(), writeForEver(), writeForEver()]);
