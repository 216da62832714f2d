/** What a page of any site gets by `<script type="module" src="https://live.example.org/freshet-player.js">`. */
import { type BroadcasterOptions, Broadcaster as SiteBroadcaster } from '../lib/broadcaster.ts';
import { Viewer as SiteViewer, type ViewerOptions } from '../lib/viewer.ts';
import { FreshetPlayer } from './element.ts';
import { HOME } from './home.ts';

/** Watches on the server that this file came from, unless told of another. */
export class Viewer extends SiteViewer {
  constructor(options: ViewerOptions) {
    super({ server: HOME, ...options });
  }
}

/** Sends to the server that this file came from, unless told of another. */
export class Broadcaster extends SiteBroadcaster {
  constructor(options: BroadcasterOptions) {
    super({ server: HOME, ...options });
  }
}

// Loaded twice, as by two parts of one page, it stays what it was.
if (!customElements.get('freshet-player')) customElements.define('freshet-player', FreshetPlayer);
