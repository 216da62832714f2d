import { join } from 'node:path';

/** Where a server listens for `npm run admin`: only its own user, and root, can enter the folder. */
export const adminFolder = (dataDir: string) => join(dataDir, 'admin');
export const adminSocket = (dataDir: string) => join(adminFolder(dataDir), 'socket');
