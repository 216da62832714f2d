import fc from 'fast-check';

const place = fc.nat({ max: 0xffff });
const change = fc.oneof(
  fc.record({ type: fc.constant('set' as const), at: place, value: fc.nat(255) }),
  fc.record({ type: fc.constant('flip' as const), at: place, bit: fc.nat(7) }),
  fc.record({ type: fc.constant('word' as const), at: place, value: fc.constantFrom(0, 1, 0x7fff, 0x8000, 0xffff) }),
  fc.record({ type: fc.constant('cut' as const), at: place }),
  fc.record({ type: fc.constant('insert' as const), at: place, bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }) }),
  fc.record({ type: fc.constant('repeat' as const), at: place, length: fc.integer({ min: 1, max: 64 }) }),
);
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

/** Messages of a corpus with up to six changes, and now and then bytes by chance alone. */
export function mutatedBytes(corpus: readonly Uint8Array[], { maxLength = 1500 } = {}): fc.Arbitrary<Uint8Array> {
  const changed = fc
    .tuple(fc.constantFrom(...corpus), fc.array(change, { maxLength: 6 }))
    .map(([message, changes]) => changes.reduce(applied, Uint8Array.from(message)).slice(0, maxLength));
  return fc.oneof({ arbitrary: changed, weight: 5 }, { arbitrary: fc.uint8Array({ maxLength: 200 }), weight: 1 });
}

function applied(message: Uint8Array, change: Change): Uint8Array {
  if (message.length === 0) return message;
  const at = change.at % message.length;
  if (change.type === 'set') message[at] = change.value;
  else if (change.type === 'flip') message[at] = (message[at] ?? 0) ^ (1 << change.bit);
  else if (change.type === 'word' && at + 2 <= message.length) new DataView(message.buffer).setUint16(at, change.value);
  else if (change.type === 'cut') return message.slice(0, at);
  else if (change.type === 'insert') return joined(message, at, change.bytes);
  else if (change.type === 'repeat') return joined(message, at, message.subarray(at, at + change.length));
  return message;
}

function joined(message: Uint8Array, at: number, bytes: Uint8Array): Uint8Array {
  const longer = new Uint8Array(message.length + bytes.length);
  longer.set(message.subarray(0, at));
  longer.set(bytes, at);
  longer.set(message.subarray(at), at + bytes.length);
  return longer;
}
