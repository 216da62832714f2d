import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DtlsPair } from '../../transport/dtls-pair.ts';
import { mutatedBytes } from '../mutated-bytes.ts';
import { bounded, type FuzzTarget } from '../target.ts';

type Side = 'client' | 'server';
const STATES = ['new', 'handshaking', 'connected', 'failed', 'closed'];

/** Every datagram of one handshake and its end. */
const corpus = ((): readonly Uint8Array[] => {
  const datagrams: Uint8Array[] = [];
  const pair = new DtlsPair({
    meddle: (datagram) => {
      datagrams.push(Uint8Array.from(datagram));
      return [datagram];
    },
  }).start();
  datagrams.push(...pair.client.close().map((goodbye) => Uint8Array.from(goodbye)));
  pair.server.close();
  return datagrams;
})();

/** Some datagrams to either side at some moment of the handshake, from somebody in between. */
const meddles = bounded(([datagrams, side, moment]: [readonly Uint8Array[], Side, 'before' | 'within' | 'after']) => {
  const meddle = (pair: DtlsPair) => {
    for (const datagram of datagrams) pair[side].receive(datagram, 0);
  };
  let isMeddled = false;
  const pair: DtlsPair = new DtlsPair({
    meddle: (datagram, from) => {
      if (moment === 'within' && from !== side && !isMeddled) {
        isMeddled = true;
        meddle(pair);
      }
      return [datagram];
    },
  });
  if (moment === 'before') meddle(pair);
  pair.start();
  if (moment === 'after') meddle(pair);
  try {
    for (const session of [pair.client, pair.server]) {
      assert(STATES.includes(session.state));
      // Whatever comes in between: nobody has keys that the other end has not.
      if (session.keys) assert.equal(session.keys.local.key.length, session.keys.profile.keyLength);
    }
    const [ours, theirs] = [pair.server.keys, pair.client.keys];
    if (ours && theirs) assert.deepEqual(ours.remote, theirs.local);
    // Who is not in the handshake can not end what is connected.
    if (moment === 'after') assert.deepEqual([pair.client.state, pair.server.state], ['connected', 'connected']);
  } finally {
    pair.close();
  }
});

export const dtlsTargets: readonly FuzzTarget[] = [
  {
    name: 'dtls',
    property: fc.property(
      fc.tuple(
        fc.array(mutatedBytes(corpus, { maxLength: 3000 }), { minLength: 1, maxLength: 4 }),
        fc.constantFrom<Side>('client', 'server'),
        fc.constantFrom('before' as const, 'within' as const, 'after' as const),
      ),
      meddles,
    ),
    runsASecond: 300,
  },
];
