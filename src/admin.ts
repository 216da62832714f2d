/** `npm run admin -- …`: what an operator does from a shell, whether the server runs or not. */
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { type Asked, type Command, UsageError } from './admin/command.ts';
import { backupCommands } from './admin/commands/backup.ts';
import { channelCommands } from './admin/commands/channels.ts';
import { jobCommands } from './admin/commands/jobs.ts';
import { keyCommands } from './admin/commands/keys.ts';
import { setUpCommands } from './admin/commands/set-up.ts';
import { streamCommands } from './admin/commands/streams.ts';
import { tokenCommands } from './admin/commands/tokens.ts';
import { userCommands } from './admin/commands/users.ts';
import { helpOf, printed, usageOf } from './admin/print.ts';
import { ServerLink } from './admin/server-link.ts';
import { readConfig } from './config.ts';

const COMMANDS: readonly Command[] = [
  ...setUpCommands,
  ...userCommands,
  ...channelCommands,
  ...keyCommands,
  ...tokenCommands,
  ...streamCommands,
  ...jobCommands,
  ...backupCommands,
];

async function main(words: readonly string[]): Promise<string> {
  const found = COMMANDS.find(({ name }) => name.split(' ').every((word, index) => words[index] === word));
  if (!found) {
    const isAsked = words.length === 0 || ['help', '--help', '-h'].includes(words[0] ?? '');
    if (isAsked) return usageOf(COMMANDS);
    const group = COMMANDS.filter(({ name }) => name.startsWith(`${words[0]} `));
    throw new UsageError(`There is no such command.\n\n${usageOf(group.length > 0 ? group : COMMANDS)}`);
  }
  const { positionals, values } = parse(found, words.slice(found.name.split(' ').length));
  if (values['help'] === true) return helpOf(found);
  if (positionals.length !== found.takes.length) throw new UsageError(helpOf(found));
  let link: Promise<ServerLink> | undefined;
  const config = readConfig(process.env);
  const asked: Asked = {
    given: positionals,
    values: Object.fromEntries(
      Object.entries(values).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
    ),
    flags: new Set(Object.entries(values).flatMap(([name, value]) => (value === true ? [name] : []))),
    config,
    server: () => {
      link ??= ServerLink.open(config);
      return link;
    },
  };
  try {
    return printed(await found.run(asked), values['json'] === true);
  } finally {
    await (await link?.catch(() => undefined))?.close();
  }
}

function parse({ options = {} }: Command, args: readonly string[]) {
  const known: ParseArgsOptionsConfig = {
    ...options,
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  };
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: known });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

try {
  process.stdout.write(await main(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message.trimEnd() : String(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
