import type { Finding } from './advice.ts';
import type { StreamHealth } from './stream-health.ts';

const LOSSY = 0.02;
const OFTEN_LOST = 3;
/** Of what is sent, how much has to come in the end, or else the line is too thin for it. */
const DELIVERED = 0.95;
/** What to leave of a line for its ups and downs. */
const HEADROOM = 0.8;

/** What of the picture comes over the line, and what not. */
export function* connectionAdvice(health: StreamHealth, nowMs: number): Generator<Finding> {
  const timesLost = health.timesLost(nowMs);
  if (timesLost >= OFTEN_LOST) {
    yield {
      code: 'reconnecting',
      text: `Your connection to the server broke ${timesLost} times within five minutes. A cable in place of Wi-Fi keeps it steadier.`,
    };
  }
  const delivery = health.delivery;
  const share = Math.max(health.lossShare('video') ?? 0, health.lossShare('audio') ?? 0);
  if (delivery && delivery.arrivedBps < delivery.sentBps * DELIVERED && share > LOSSY) {
    const [sent, arrived] = [megabits(delivery.sentBps), megabits(delivery.arrivedBps)];
    yield {
      code: 'over_link',
      text: `You send ${sent} Mbit/s, and only ${arrived} come through: more than your line carries. Set the bitrate to ${megabits(delivery.arrivedBps * HEADROOM)} Mbit/s.`,
    };
  } else if (share > LOSSY) {
    const percent = Math.round(share * 100);
    yield {
      code: 'loss',
      text: `${percent} % of what you send is lost on its way to the server. Use a cable in place of Wi-Fi, or lower the bitrate.`,
    };
  }
  if (health.hasCollapsed) {
    yield {
      code: 'collapse',
      text: 'Your bitrate has collapsed: the connection carries less than it did. Lower the quality, or see what else uses the line.',
    };
  }
}

const megabits = (bps: number) => (bps / 1e6).toFixed(1);
