import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { UsageError } from './command.ts';

/** Asked for twice and not shown at a terminal; else the first line of what is piped in. */
export async function readPassword(whose: string): Promise<string> {
  const password = process.stdin.isTTY ? await typed(whose) : ((await text(process.stdin)).split(/\r?\n/)[0] ?? '');
  if (password === '') throw new UsageError('There is no password: type it, or pipe it in.');
  return password;
}

async function typed(whose: string): Promise<string> {
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: unseen, terminal: true });
  const gone = new AbortController();
  terminal.once('SIGINT', () => gone.abort()).once('close', () => gone.abort());
  const ask = async (question: string) => {
    process.stderr.write(question);
    const answer = await terminal.question('', { signal: gone.signal });
    process.stderr.write('\n');
    return answer;
  };
  try {
    const password = await ask(`Password of ${whose}: `);
    if ((await ask('Once more: ')) !== password) throw new UsageError('The two are not the same.');
    return password;
  } catch (error) {
    if (gone.signal.aborted) throw new UsageError('No password was typed.', { cause: error });
    throw error;
  } finally {
    terminal.close();
  }
}
