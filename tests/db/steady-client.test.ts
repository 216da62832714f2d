import { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SteadyClient } from '../../src/db/steady-client.ts';
import { TestPostgres } from '../support/database.ts';

let postgres: TestPostgres;

beforeAll(async () => {
  postgres = await TestPostgres.start();
});
afterAll(() => postgres.close());

test('a connection that is lost between two statements ends nothing but itself', async () => {
  const pool = new Pool({ ...(await postgres.newDatabase()), Client: SteadyClient });
  const [held, other] = [await pool.connect(), await pool.connect()];
  const lost = new Promise<void>((resolve) => held.once('end', resolve));
  const { rows } = await held.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  await other.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
  await lost;
  await expect(held.query('SELECT 1')).rejects.toThrow();
  held.release(true);
  other.release();
  expect((await pool.query<{ one: number }>('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  await pool.end();
});
