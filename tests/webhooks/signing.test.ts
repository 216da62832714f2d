import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { mintSigningSecret, signedHeaders } from '../../src/webhooks/signing.ts';

const body = JSON.stringify({ type: 'stream.started', data: { title: 'Grüße, 川' } });

test('what we sign is believed by Standard Webhooks’ own library, and by nobody with another secret', () => {
  const secret = mintSigningSecret();
  const headers = signedHeaders({ id: 'msg_1', at: new Date(), body, secrets: [secret] });
  expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
  expect(() => new Webhook(mintSigningSecret()).verify(body, headers)).toThrow('signature');
});

test('with two secrets a receiver that knows either is content', () => {
  const [old, fresh] = [mintSigningSecret(), mintSigningSecret()];
  const headers = signedHeaders({ id: 'msg_1', at: new Date(), body, secrets: [fresh, old] });
  for (const secret of [old, fresh]) expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
  expect(() => new Webhook(mintSigningSecret()).verify(body, headers)).toThrow('signature');
});

test('what was changed on its way, or is old, is not believed', () => {
  const secret = mintSigningSecret();
  const verifier = new Webhook(secret);
  const headers = signedHeaders({ id: 'msg_1', at: new Date(), body, secrets: [secret] });
  expect(() => verifier.verify(body.replace('started', 'ended'), headers)).toThrow('signature');
  expect(() => verifier.verify(body, { ...headers, 'webhook-id': 'msg_2' })).toThrow('signature');
  const old = signedHeaders({ id: 'msg_1', at: new Date(Date.now() - 600_000), body, secrets: [secret] });
  expect(() => verifier.verify(body, old)).toThrow('too old');
});
