import { writeArchive } from './archive.ts';
import { readFiles } from './files.ts';
import type { Entry, Header } from './ports.ts';

/** As of one moment. */
export interface OpenedDump {
  readonly migrations: Header['migrations'];
  readonly entries: AsyncIterable<Entry>;
  close(): Promise<void>;
}

/** The bytes of a whole backup, while the server goes on. */
export async function* backup(options: {
  readonly dump: () => Promise<OpenedDump>;
  readonly dataDir: string;
  readonly now?: () => Date;
}): AsyncGenerator<Uint8Array> {
  const { now = () => new Date() } = options;
  const dump = await options.dump();
  try {
    const header = { madeAt: now().toISOString(), migrations: dump.migrations };
    yield* writeArchive(header, both(readFiles(options.dataDir), dump.entries));
  } finally {
    await dump.close();
  }
}

async function* both(first: AsyncIterable<Entry>, second: AsyncIterable<Entry>): AsyncGenerator<Entry> {
  yield* first;
  yield* second;
}
