import { chmod, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adminFolder, adminSocket } from './admin/socket-path.ts';
import { type AdminOptions, adminApp } from './http/admin.ts';
import { serveSocket } from './http/server.ts';

/** Of a Unix socket's path, on macOS; Linux has 107. */
const MAX_SOCKET_PATH_BYTES = 103;

/** Serves `npm run admin` from `dataDir`, where a link leads to the socket if its path would be too long. */
export async function serveAdmin(options: AdminOptions & { dataDir: string }): Promise<{ close(): Promise<void> }> {
  const { dataDir } = options;
  const path = adminSocket(dataDir);
  await mkdir(adminFolder(dataDir), { recursive: true, mode: 0o700 });
  await chmod(adminFolder(dataDir), 0o700);
  // Of a server that was killed.
  await rm(path, { force: true });
  const app = adminApp(options);
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES) return await serveSocket({ app, path });

  const folder = await mkdtemp(join(tmpdir(), 'freshet-admin-'));
  const server = await serveSocket({ app, path: join(folder, 'socket') });
  await symlink(join(folder, 'socket'), path);
  return {
    close: async () => {
      await server.close();
      await Promise.all([rm(folder, { recursive: true, force: true }), rm(path, { force: true })]);
    },
  };
}
