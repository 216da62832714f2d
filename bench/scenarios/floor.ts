import { join } from 'node:path';
import { Child } from '../child.ts';
import type { FloorMethods } from '../floor/floor-process.ts';
import type { LoadMethods } from '../load/load-process.ts';
import { medianOf, numbers, type Row } from '../report.ts';

const VIEWERS = 200;
const BUDGET = 1.6;
const SHAPE = '9 packets of 1180 bytes a frame, 200 receivers';

/** What no server in JavaScript on this machine could do without: the kernel's part and OpenSSL's, each alone. */
export async function floor({ isQuick }: { isQuick: boolean }): Promise<Row[]> {
  const load = new Child<LoadMethods>(join(import.meta.dirname, '../load/load-process.ts'));
  const sender = new Child<FloorMethods>(join(import.meta.dirname, '../floor/floor-process.ts'));
  try {
    const ports = await load.call('sink', VIEWERS);
    const options = { ports, frames: 60, fps: 60 };
    const runs = isQuick ? 3 : 5;
    const repeat = async (measure: () => Promise<number>) => {
      const values: number[] = [];
      for (let run = 0; run < runs; run += 1) values.push(await measure());
      return values;
    };
    const row = (what: string, values: readonly number[]): Row => ({
      what,
      budget: '',
      measured: numbers(values),
      notes: SHAPE,
    });
    const egress = await repeat(() =>
      sender.call('egress', { ...options, mode: 'gso', profile: 'gcm', shape: new Array(9).fill(1180) }),
    );
    const sound = await repeat(() => sender.call('egress', { ...options, mode: 'gso', profile: 'gcm', shape: [160] }));
    return [
      {
        what: 'egress alone, us CPU per packet and viewer, N=200, GCM',
        budget: `<= ${BUDGET}`,
        measured: numbers(egress),
        isMet: medianOf(egress) <= BUDGET,
        notes: `the server's own code from a batch of packets to the kernel with nothing else on the thread; ${SHAPE}`,
      },
      {
        what: 'the same for a lone packet of sound',
        budget: '',
        measured: numbers(sound),
        notes: 'no run to share the kernel message: 50 of these a second and viewer',
      },
      row(
        'floor: the kernel alone, sendmmsg with GSO, us per packet',
        await repeat(() => sender.call('send', { ...options, segments: 9 })),
      ),
      row(
        'floor: the kernel alone, sendmmsg without GSO',
        await repeat(() => sender.call('send', { ...options, segments: 1 })),
      ),
      row(
        'floor: OpenSSL alone by koffi, AES-128-GCM',
        await repeat(() => sender.call('seal', { ...options, profile: 'gcm' })),
      ),
      row(
        'floor: OpenSSL alone by koffi, CM_HMAC_SHA1_80',
        await repeat(() => sender.call('seal', { ...options, profile: 'cm' })),
      ),
    ];
  } finally {
    await Promise.all([load.stop(), sender.stop()]);
  }
}
