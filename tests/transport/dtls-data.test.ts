import { beforeEach, describe, expect, it } from 'vitest';
import { DtlsTail } from '../../src/transport/dtls-tail.ts';

const secrets = {
  masterSecret: Buffer.alloc(48, 1),
  clientRandom: Buffer.alloc(32, 2),
  serverRandom: Buffer.alloc(32, 3),
  finalFlight: [],
};
const bytes = Buffer.from('an SCTP packet');

let client: DtlsTail;
let server: DtlsTail;

beforeEach(() => {
  client = new DtlsTail({ ...secrets, role: 'client', carriesData: true });
  server = new DtlsTail({ ...secrets, role: 'server', carriesData: true });
});

describe('application data after the handshake', () => {
  it('goes both ways', () => {
    expect(server.receive(client.sealData(bytes), 0).data).toEqual([bytes]);
    expect(client.receive(server.sealData(bytes), 0).data).toEqual([bytes]);
  });

  it('stays within what every path carries', () => {
    expect(client.sealData(Buffer.alloc(1160))).toHaveLength(1197);
  });

  it('is taken once, in whatever order it comes', () => {
    const [first, second] = [client.sealData(bytes), client.sealData(bytes)];
    expect(server.receive(second, 0).data).toHaveLength(1);
    expect(server.receive(first, 0).data).toHaveLength(1);
    expect(server.receive(second, 0).data).toEqual([]);
  });

  it('is not taken from anybody else, and takes no place from what is authentic', () => {
    const record = client.sealData(bytes);
    const forged = Uint8Array.from(record);
    forged[forged.length - 1] = (forged[forged.length - 1] ?? 0) ^ 1;
    expect(server.receive(forged, 0).data).toEqual([]);
    expect(server.receive(server.sealData(bytes), 0).data).toEqual([]);
    expect(server.receive(record, 0).data).toEqual([bytes]);
  });

  it('is not opened where none was agreed on', () => {
    const plain = new DtlsTail({ ...secrets, role: 'server', carriesData: false });
    expect(plain.receive(client.sealData(bytes), 0)).toEqual({ reply: [], isClosed: false, data: [] });
  });

  it('is opened 200 times a second at most, but for a burst', () => {
    const taken = (nowMs: number) => {
      const records = Array.from({ length: 600 }, () => client.sealData(bytes));
      return records.filter((record) => server.receive(record, nowMs).data.length > 0).length;
    };
    expect([taken(0), taken(1000)]).toEqual([400, 200]);
  });

  it('leaves close_notify to be heard', () => {
    server.receive(client.sealData(bytes), 0);
    expect(server.receive(client.closeNotify(), 0).isClosed).toBe(true);
  });
});
