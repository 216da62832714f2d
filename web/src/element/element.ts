import { mount, unmount } from 'svelte';
import { embedOptions } from '../lib/embed-options.ts';
import EmbeddedPlayer from '../lib/player/EmbeddedPlayer.svelte';
import { LivePlayer } from '../lib/player/live-player.svelte.ts';
import type { Viewer } from '../lib/viewer.ts';
import { HOME } from './home.ts';

const ATTRIBUTES = ['channel', 'server', 'token', 'name', 'autoplay', 'muted', 'controls', 'quality'] as const;

const STYLE =
  ':host { display: block; aspect-ratio: 16 / 9; overflow: hidden; background: #000; } :host([hidden]) { display: none; }';

/** `<freshet-player channel="brook">`: the player of a channel, on any page. */
export class FreshetPlayer extends HTMLElement {
  static readonly observedAttributes = ATTRIBUTES;
  readonly #shadow = this.attachShadow({ mode: 'open' });
  #shown: { readonly player: LivePlayer; readonly component: Record<string, unknown> } | undefined;

  /** What it watches with; `undefined` while the element is on no page, or has no channel. */
  get viewer(): Viewer | undefined {
    return this.#shown?.player.viewer;
  }

  connectedCallback(): void {
    this.#show();
  }

  disconnectedCallback(): void {
    this.#clear();
  }

  /** Told of each change, also of those that change nothing. */
  attributeChangedCallback(_name: string, before: string | null, after: string | null): void {
    if (before !== after && this.#shown) this.#show();
  }

  #show(): void {
    this.#clear();
    const channel = this.getAttribute('channel');
    if (!channel || !this.isConnected) return;
    const { isAutoplay, isMuted, hasControls, quality } = embedOptions({
      get: (name) => this.getAttribute(name),
    });
    const token = this.getAttribute('token');
    const server = this.getAttribute('server')?.replace(/\/+$/, '') ?? HOME;
    const player = new LivePlayer({
      server,
      channel,
      muted: isMuted,
      quality,
      ...(token !== null && { token }),
    });
    const style = document.createElement('style');
    style.textContent = STYLE;
    this.#shadow.append(style);
    const name = this.getAttribute('name') ?? channel;
    const posterUrl = `${server}/api/v1/channels/${encodeURIComponent(channel)}/poster`;
    const props = { player, name, slug: channel, isAutoplay, hasControls, posterUrl };
    this.#shown = { player, component: mount(EmbeddedPlayer, { target: this.#shadow, props }) };
  }

  #clear(): void {
    if (!this.#shown) return;
    this.#shown.player.viewer.stopWatching();
    void unmount(this.#shown.component);
    this.#shadow.replaceChildren();
    this.#shown = undefined;
  }
}
