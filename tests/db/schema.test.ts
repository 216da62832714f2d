import { afterAll, beforeAll, expect, test } from 'vitest';
import { createClient, type DbClient } from '../../src/db/client.ts';
import {
  ChatMode,
  ChatRole,
  DeliveryStatus,
  EndReason,
  JobKind,
  JobStatus,
  Prisma,
  RecordingState,
  Role,
  Visibility,
} from '../../src/db/generated/client.ts';
import { migrate } from '../../src/db/migrate.ts';
import { silentLog, TestPostgres } from '../support/database.ts';

let postgres: TestPostgres;
let client: DbClient;

beforeAll(async () => {
  postgres = await TestPostgres.start();
  const connection = await postgres.newDatabase();
  await migrate({ connection, folder: 'prisma/migrations', log: silentLog });
  client = createClient({ connection, log: silentLog }).client;
});
afterAll(async () => {
  await client.$disconnect();
  await postgres.close();
});

test('every table of the migrations has the columns that schema.prisma gives its model, no more and no less', async () => {
  const models = [
    { table: 'users', fields: Prisma.UserScalarFieldEnum },
    { table: 'login_sessions', fields: Prisma.LoginSessionScalarFieldEnum },
    { table: 'invites', fields: Prisma.InviteScalarFieldEnum },
    { table: 'password_resets', fields: Prisma.PasswordResetScalarFieldEnum },
    { table: 'api_tokens', fields: Prisma.ApiTokenScalarFieldEnum },
    { table: 'channels', fields: Prisma.ChannelScalarFieldEnum },
    { table: 'channel_moderators', fields: Prisma.ChannelModeratorScalarFieldEnum },
    { table: 'stream_keys', fields: Prisma.StreamKeyScalarFieldEnum },
    { table: 'viewer_tokens', fields: Prisma.ViewerTokenScalarFieldEnum },
    { table: 'streams', fields: Prisma.StreamScalarFieldEnum },
    { table: 'viewer_sessions', fields: Prisma.ViewerSessionScalarFieldEnum },
    { table: 'viewer_samples', fields: Prisma.ViewerSampleScalarFieldEnum },
    { table: 'recordings', fields: Prisma.RecordingScalarFieldEnum },
    { table: 'recording_parts', fields: Prisma.RecordingPartScalarFieldEnum },
    { table: 'jobs', fields: Prisma.JobScalarFieldEnum },
    { table: 'renditions', fields: Prisma.RenditionScalarFieldEnum },
    { table: 'webhooks', fields: Prisma.WebhookScalarFieldEnum },
    { table: 'webhook_deliveries', fields: Prisma.WebhookDeliveryScalarFieldEnum },
    { table: 'chat_messages', fields: Prisma.ChatMessageScalarFieldEnum },
    { table: 'rendition_runs', fields: Prisma.RenditionRunScalarFieldEnum },
    { table: 'chat_bans', fields: Prisma.ChatBanScalarFieldEnum },
  ];
  expect(models).toHaveLength(Object.keys(Prisma.ModelName).length);
  const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  for (const { table, fields } of models) {
    const columns = await client.$queryRaw<{ column_name: string }[]>`
      SELECT column_name FROM information_schema.columns WHERE table_name = ${table}`;
    const expected = Object.keys(fields).map(snakeCase);
    expect(columns.map((column) => column.column_name).sort(), table).toEqual(expected.sort());
  }
});

test('every enum of the migrations has the values that schema.prisma gives it', async () => {
  const enums = {
    role: Role,
    visibility: Visibility,
    end_reason: EndReason,
    delivery_status: DeliveryStatus,
    recording_state: RecordingState,
    chat_mode: ChatMode,
    chat_role: ChatRole,
    job_kind: JobKind,
    job_status: JobStatus,
  };
  for (const [type, values] of Object.entries(enums)) {
    const labels = await client.$queryRaw<{ enumlabel: string }[]>`
      SELECT enumlabel FROM pg_enum WHERE enumtypid = ${type}::regtype ORDER BY enumsortorder`;
    expect(labels.map((label) => label.enumlabel)).toEqual(Object.values(values));
  }
});
