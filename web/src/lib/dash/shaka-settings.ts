/**
 * Shaka counts how far behind a viewer is from the end of what can be gone to, not from the clock as a manifest's
 * `Latency` does: by that one it would slow everybody down.
 */
const AT_THE_EDGE = { enabled: true, targetLatency: 0.6, targetLatencyTolerance: 0.3 };

/** Small enough that nobody hears it. */
const FOLLOWING = { ...AT_THE_EDGE, maxPlaybackRate: 1.1, minPlaybackRate: 0.97 };
const STAYING = { ...AT_THE_EDGE, maxPlaybackRate: 1, minPlaybackRate: 1 };

/** Of `streaming.liveSync`: who follows what is live is brought back to it, who has gone back in time is left there. */
export function liveSync(isFollowing: boolean) {
  return isFollowing ? FOLLOWING : STAYING;
}

export const SHAKA_SETTINGS = {
  streaming: {
    liveSync: liveSync(true),
    // A segment of what is live lasts a second, and Shaka looks for the next one once a second: it might come too late.
    updateIntervalSeconds: 0.2,
  },
  abr: {
    // Auto may use all there is, however small the player.
    restrictToElementSize: false,
    // The browser's own guess ends at 10 Mbit/s, and with each new one all that was measured would be forgotten.
    useNetworkInformation: false,
    defaultBandwidthEstimate: 2_000_000,
    // A second or two of a small version are some 20 kB, and there within milliseconds on a good link: unless they count, nobody
    // who had a bad one ever gets a large version again.
    cacheLoadThreshold: 1,
    advanced: { minBytes: 8_000, fastHalfLife: 1, slowHalfLife: 3 },
    switchInterval: 2,
  },
} as const;
