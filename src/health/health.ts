import type { BrowserFacts } from './browser-facts.ts';
import { browserFindings } from './browser-findings.ts';
import type { Finding } from './finding.ts';
import { type OfferedAddresses, offeredAddressesFinding } from './offered-addresses.ts';
import type { ServerFacts } from './server-facts.ts';
import { serverFindings } from './server-findings.ts';

export interface HealthOptions {
  readonly offered: () => OfferedAddresses;
  readonly facts: () => Promise<Omit<ServerFacts, 'offered'>>;
}

/** How the server is, and what stands in its way. */
export class Health {
  readonly #options: HealthOptions;

  constructor(options: HealthOptions) {
    this.#options = options;
  }

  /** What may keep everybody out is said at the start: nothing else shows it but viewers who see nothing. */
  addresses(): Finding {
    return offeredAddressesFinding(this.#options.offered());
  }

  async findings(): Promise<Finding[]> {
    return serverFindings(await this.#facts());
  }

  async findingsOf(seen: BrowserFacts): Promise<Finding[]> {
    return browserFindings(seen, await this.#facts());
  }

  async #facts(): Promise<ServerFacts> {
    return { ...(await this.#options.facts()), offered: this.#options.offered() };
  }
}
