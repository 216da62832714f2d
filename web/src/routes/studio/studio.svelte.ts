import { ChannelChat } from '#lib/chat/channel-chat.svelte.ts';
import { LiveEvents, OFFLINE } from '#lib/live-events.svelte.ts';
import { Broadcast } from './broadcast.svelte.ts';
import { onAir, Remembered } from './remembered.svelte.ts';
import { qualityOf, type StudioSettings } from './settings.ts';
import { Stage } from './stage.svelte.ts';

const PICTURE: ReadonlySet<keyof StudioSettings> = new Set(['resolution', 'frameRate']);
const VOICE: ReadonlySet<keyof StudioSettings> = new Set(['echoCancellation', 'noiseSuppression', 'autoGainControl']);

/** All of the studio of one channel: what is shown, what is sent, and what comes back. */
export class Studio {
  slug = $state('');
  chat: ChannelChat = $state.raw(new ChannelChat(''));
  events: LiveEvents = $state.raw(new LiveEvents('', OFFLINE));
  readonly remembered = new Remembered();
  readonly broadcast = new Broadcast(() => this.events.viewers);
  readonly stage = new Stage(this.remembered, (source) => void this.broadcast.replace(source));

  constructor(slug: string) {
    this.use(slug);
  }

  /** Another channel for the same devices. Not while live. */
  use(slug: string): void {
    this.events.close();
    this.slug = slug;
    this.chat = new ChannelChat(slug);
    this.events = new LiveEvents(slug, OFFLINE, this.chat);
    this.events.open();
  }

  get canGoLive(): boolean {
    const { video, audio } = this.stage.source;
    return video !== null || audio !== null;
  }

  /** Somebody else is live here, whom going live would take off the air: not what a crash of this page left behind. */
  get isTaken(): boolean {
    return !this.broadcast.isOn && this.events.live.state === 'live' && onAir.get() !== this.slug;
  }

  open(): void {
    this.stage.refit();
    void this.stage.open();
  }

  goLive(): void {
    this.stage.sound.resume();
    void this.broadcast.start(this.slug, this.#quality(), () => this.stage.source);
  }

  async change(part: Partial<StudioSettings>): Promise<void> {
    this.remembered.change(part);
    const changed = Object.keys(part) as (keyof StudioSettings)[];
    if (changed.some((name) => VOICE.has(name))) await this.stage.devices.reopen('microphone');
    if (changed.some((name) => PICTURE.has(name))) await this.stage.resize();
    this.stage.refit();
    await this.retune();
  }

  /** The picture has another size by itself: a shared window was resized, a phone turned. */
  async retune(): Promise<void> {
    await this.broadcast.tune(this.#quality());
  }

  close(): void {
    this.broadcast.stop();
    this.events.close();
    this.stage.close();
  }

  #quality() {
    const { width = 0, height = 0 } = this.stage.source.video?.getSettings() ?? {};
    return qualityOf(this.remembered.now, Math.min(width, height));
  }
}
