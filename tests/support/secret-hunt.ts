import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What must be found nowhere but in the hands of whom it was given to. */
export interface Secret {
  readonly name: string;
  readonly value: string;
}

/** Places that were searched, and what was found where it must not be: `stream key (hex) in the log: …`. */
export class SecretHunt {
  readonly #forms: readonly { readonly what: string; readonly bytes: Buffer }[];
  readonly found: string[] = [];
  searchedBytes = 0;

  constructor(secrets: readonly Secret[]) {
    this.#forms = secrets.flatMap(({ name, value }) =>
      formsOf(value).map(([form, text]) => ({ what: `${name} (${form})`, bytes: Buffer.from(text) })),
    );
  }

  search(place: string, content: Buffer | string): void {
    const bytes = Buffer.from(content);
    this.searchedBytes += bytes.length;
    for (const { what, bytes: form } of this.#forms) {
      const at = bytes.indexOf(form);
      if (at >= 0) this.found.push(`${what} in ${place}: ${bytes.subarray(Math.max(0, at - 60), at).toString()}…`);
    }
  }

  /** Every file below `folder`, but those of which `isMeant` says that they may. */
  searchFolder(folder: string, isMeant: (name: string) => boolean): void {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile() && !isMeant(path.slice(folder.length + 1))) this.search(path, readFileSync(path));
    }
  }
}

/** Base64 of it inside of something longer looks different for each place that it may begin at. */
function formsOf(value: string): [form: string, text: string][] {
  const bytes = Buffer.from(value);
  const shifted = [0, 1, 2].flatMap((before) =>
    (['base64', 'base64url'] as const).map((coding): [string, string] => {
      const text = Buffer.concat([Buffer.alloc(before), bytes])
        .toString(coding)
        .replaceAll('=', '');
      return [coding, text.slice(before === 0 ? 0 : before + 1, -2)];
    }),
  );
  const hex = bytes.toString('hex');
  return [
    ['as it is', value],
    ['in a URL', encodeURIComponent(value)],
    ['hex', hex],
    ['HEX', hex.toUpperCase()],
    ...shifted,
  ];
}
