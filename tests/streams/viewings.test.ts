import { describe, expect, it } from 'vitest';
import { settled } from '../support/fake-clock.ts';
import { channel, clock, goLive, live, registry, store, watch } from './fresh-registry.ts';

const MINUTE_MS = 60_000;
const fine = { stalls: 0, stalledMs: 0 };
const firefox = { address: '192.0.2.7', userAgent: 'Mozilla/5.0 Firefox/153.0' };
const open = () => registry.viewings.open({ channel, from: firefox });
const rows = () => [...store.viewers.values()];

describe('viewers of files', () => {
  it('are none while nobody is live', async () => {
    expect(open).toThrow(expect.objectContaining({ code: 'not_live' }));
  });

  it('count beside those of WebRTC, and have rows as they do', async () => {
    await goLive();
    await watch();
    const viewing = open();
    expect(live().stream).toMatchObject({ viewers: 2, peakViewers: 2 });
    registry.viewings.heard(viewing, { joinMs: 3100, stalls: 1, stalledMs: 400, height: 240 });
    registry.viewings.leave(viewing);
    expect(live().stream).toMatchObject({ viewers: 1, peakViewers: 2 });
    await clock.advance(500);
    expect(rows()[1]).toMatchObject({ client: 'firefox', reason: 'deleted', played: { joinMs: 3100, height: 240 } });
  });

  it('are the same visitors as by WebRTC', async () => {
    await goLive();
    open();
    open();
    await clock.advance(500);
    expect(rows()).toHaveLength(2);
    expect(new Set(rows().map(({ mark }) => mark)).size).toBe(1);
  });

  it('stay as long as they are heard, and are gone when they missed it twice', async () => {
    await goLive();
    const [faithful] = [open(), open()];
    for (const viewers of [2, 2, 1]) {
      expect(live().stream?.viewers).toBe(viewers);
      await clock.advance(MINUTE_MS);
      registry.viewings.heard(faithful, fine);
    }
    await clock.advance(2 * MINUTE_MS);
    expect(live().stream?.viewers).toBe(0);
    expect(rows().map(({ reason }) => reason)).toEqual(['consent_lapsed', 'consent_lapsed']);
    expect(() => registry.viewings.heard(faithful, fine)).toThrow(expect.objectContaining({ code: 'no_session' }));
  });

  it('are not counted beyond all measure', async () => {
    await goLive();
    for (let count = 0; count < 20_000; count++) registry.viewings.open({ channel });
    expect(open).toThrow(expect.objectContaining({ code: 'at_capacity' }));
    expect(live().stream?.viewers).toBe(20_000);
  });

  it('end with the stream, of which their players may hear a moment later', async () => {
    const publisher = await goLive();
    const viewing = open();
    await registry.delete('publisher', publisher);
    await settled();
    expect(rows()).toMatchObject([{ reason: 'deleted' }]);
    registry.viewings.heard(viewing, fine);
    registry.viewings.leave(viewing);
    registry.viewings.leave(viewing);
    await goLive();
    expect(live().stream?.viewers).toBe(0);
  });

  it('end with the pass that let them in, of which they take no place', async () => {
    await goLive();
    const pass = { id: 'token-1', maxViewers: 1 };
    registry.viewings.open({ channel, pass });
    registry.viewings.open({ channel, pass });
    expect(registry.passes.viewers(pass.id)).toBe(0);
    expect(live().stream?.viewers).toBe(2);
    registry.passes.end(pass.id, 'token_revoked');
    expect(live().stream?.viewers).toBe(0);
    await clock.advance(500);
    expect(rows().map(({ reason }) => reason)).toEqual(['token_revoked', 'token_revoked']);
  });
});
