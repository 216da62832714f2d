import type { BrowserFacts } from '../../src/health/browser-facts.ts';
import type { ServerFacts } from '../../src/health/server-facts.ts';

/** A server that nothing is wrong with. */
export const allWell: ServerFacts = {
  offered: { addresses: ['203.0.113.7'], isAnnounced: true, isInContainer: false, publicHost: 'live.example.org' },
  httpHost: '127.0.0.1',
  httpPort: 8080,
  publicUrl: 'https://live.example.org',
  hasTurn: false,
  database: 'ok',
  media: 'ok',
  storage: 'ok',
  ffmpeg: { path: '/usr/bin/ffmpeg', version: '7.1', encoders: ['libsvtav1', 'libopus'] },
  machine: {
    dataDir: '/var/lib/freshet',
    freeBytes: 50 * 1024 ** 3,
    openFilesLimit: 65_536,
    sendBuffer: { grantedBytes: 16 * 1024 ** 2, wantedBytes: 16 * 1024 ** 2 },
  },
};

/** What a browser sees of it. */
export const seesAllWell: BrowserFacts = {
  origin: 'https://live.example.org',
  isSecureContext: true,
  clockAheadMs: 120,
  firstEventMs: 30,
  uploadStatus: 204,
  paths: [
    { kind: 'udp', port: 8189, addresses: ['203.0.113.7'], isConnected: true, roundTripMs: 12.4 },
    { kind: 'tcp', port: 8189, addresses: ['203.0.113.7'], isConnected: true, roundTripMs: 13 },
  ],
};
