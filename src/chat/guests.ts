import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Author } from './ports.ts';

const VERSION = 'g1';
const LONGEST = 400;

/** What a guest's browser keeps: his id and his name, signed, so that nobody can take another's. */
export class GuestPasses {
  readonly #key: Uint8Array;

  constructor({ key }: { key: Uint8Array }) {
    this.#key = key;
  }

  /** With the id he has, or a new one. The name is one that was read by `readGuestName`. */
  issue(name: string, id: string = randomUUID()): { guest: Author; pass: string } {
    const signed = `${VERSION}.${id}.${Buffer.from(name).toString('base64url')}`;
    return { guest: { id, name, role: 'guest' }, pass: `${signed}.${this.#sign(signed)}` };
  }

  /** `undefined` for one that was not made here. */
  read(pass: string): Author | undefined {
    const at = pass.lastIndexOf('.');
    if (pass.length > LONGEST || at < 0) return undefined;
    const signed = pass.slice(0, at);
    // As text: many texts stand for the same bytes, and one of them was given out.
    const given = Buffer.from(pass.slice(at + 1));
    const right = Buffer.from(this.#sign(signed));
    if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
    const [version, id, name] = signed.split('.');
    if (version !== VERSION || id === undefined || name === undefined) return undefined;
    return { id, name: Buffer.from(name, 'base64url').toString('utf8'), role: 'guest' };
  }

  #sign(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('base64url');
  }
}
