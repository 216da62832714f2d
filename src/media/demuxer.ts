import type { IngestTrackPlan, PayloadPlan } from './plan.ts';
import type { RtpHeader } from './rtp-header.ts';

/** Where a packet belongs. */
export interface Route {
  /** Index among the plan's tracks. */
  readonly trackIndex: number;
  /** Empty without simulcast. */
  readonly rid: string;
  readonly payload: PayloadPlan;
  /** Its payload begins with the original sequence number (RFC 4588 section 4). */
  readonly isRtx: boolean;
  /** True once when another SSRC takes a layer over: its sequence and timestamps begin anew. */
  readonly isNewSource: boolean;
}

/** The routes of one layer by payload type. */
type LayerRoutes = ReadonlyMap<number, Route>;

interface TrackRoutes {
  readonly plan: IngestTrackPlan;
  readonly byRid: ReadonlyMap<string, LayerRoutes>;
}

const MAX_RETIRED = 32;

/** Finds the track and layer of each packet (RFC 8843 section 9.2, RFC 8852, RFC 8853). */
export class Demuxer {
  readonly #tracks: readonly TrackRoutes[];
  readonly #bySsrc = new Map<number, LayerRoutes>();
  /** Which SSRC has a layer's primary or RTX stream. */
  readonly #owners = new Map<string, number>();
  /** Replaced SSRCs, whose late packets must not take their place back. */
  readonly #retired = new Set<number>();

  constructor(tracks: readonly IngestTrackPlan[]) {
    this.#tracks = tracks.map((plan, index) => ({ plan, byRid: routesOf(plan, index) }));
    for (const [index, { plan, byRid }] of this.#tracks.entries()) {
      const routes = byRid.get('');
      if (routes === undefined) continue;
      const [declared, ...others] = plan.ssrcs;
      if (declared === undefined) continue;
      this.#assign(declared.ssrc, index, '', false, routes);
      if (declared.rtxSsrc !== undefined) this.#assign(declared.rtxSsrc, index, '', true, routes);
      for (const other of others) this.#retire(other.ssrc);
    }
  }

  /** `undefined`: nothing was agreed on that fits. */
  route(header: RtpHeader): Route | undefined {
    const routes = this.#bySsrc.get(header.ssrc);
    return routes === undefined ? this.#learn(header) : routes.get(header.payloadType);
  }

  #learn(header: RtpHeader): Route | undefined {
    if (this.#retired.has(header.ssrc)) return undefined;
    const trackIndex = this.#findTrack(header);
    const track = trackIndex === undefined ? undefined : this.#tracks[trackIndex];
    if (trackIndex === undefined || track === undefined) return undefined;
    const rid = findRid(track.plan, header);
    const routes = rid === undefined ? undefined : track.byRid.get(rid);
    const route = routes?.get(header.payloadType);
    if (rid === undefined || routes === undefined || route === undefined) return undefined;
    const isReplacing = this.#assign(header.ssrc, trackIndex, rid, route.isRtx, routes);
    return isReplacing && !route.isRtx ? { ...route, isNewSource: true } : route;
  }

  /** Whether another SSRC had the place. */
  #assign(ssrc: number, trackIndex: number, rid: string, isRtx: boolean, routes: LayerRoutes): boolean {
    const place = `${trackIndex} ${isRtx ? 'rtx' : 'primary'} ${rid}`;
    const owner = this.#owners.get(place);
    if (owner !== undefined) {
      this.#bySsrc.delete(owner);
      this.#retire(owner);
    }
    this.#owners.set(place, ssrc);
    this.#bySsrc.set(ssrc, routes);
    return owner !== undefined;
  }

  #retire(ssrc: number): void {
    const [oldest] = this.#retired;
    if (this.#retired.size >= MAX_RETIRED && oldest !== undefined) this.#retired.delete(oldest);
    this.#retired.add(ssrc);
  }

  #findTrack(header: RtpHeader): number | undefined {
    const mid = this.#read(header, 'mid');
    if (mid !== undefined) return indexWhere(this.#tracks, ({ plan }) => plan.mid === mid);
    const rid = this.#read(header, 'rid') ?? this.#read(header, 'repairedRid');
    const fits = ({ plan, byRid }: TrackRoutes) =>
      [...byRid.values()].some((routes) => routes.has(header.payloadType)) &&
      (rid === undefined || plan.rids.length === 0 || plan.rids.includes(rid));
    const first = indexWhere(this.#tracks, fits);
    return this.#tracks.filter(fits).length === 1 ? first : undefined;
  }

  /** RFC 8843: an extension has the same id in all m-sections of a bundle. */
  #read(header: RtpHeader, name: 'mid' | 'rid' | 'repairedRid'): string | undefined {
    for (const { plan } of this.#tracks) {
      const text = readText(header, plan.extensions[name]);
      if (text !== undefined) return text;
    }
    return undefined;
  }
}

function routesOf(plan: IngestTrackPlan, trackIndex: number): ReadonlyMap<string, LayerRoutes> {
  const rids = plan.rids.length === 0 ? [''] : plan.rids;
  return new Map(rids.map((rid) => [rid, layerRoutes(plan, trackIndex, rid)]));
}

function layerRoutes(plan: IngestTrackPlan, trackIndex: number, rid: string): LayerRoutes {
  const routes = new Map<number, Route>();
  for (const payload of plan.payloads) {
    const route = { trackIndex, rid, payload, isRtx: false, isNewSource: false };
    routes.set(payload.pt, route);
    if (payload.rtxPt !== undefined) routes.set(payload.rtxPt, { ...route, isRtx: true });
  }
  return routes;
}

/** OBS sends a rid without having offered one: it then means nothing. */
function findRid(plan: IngestTrackPlan, header: RtpHeader): string | undefined {
  const [only, ...others] = plan.rids;
  if (only === undefined) return '';
  const rid = readText(header, plan.extensions.rid) ?? readText(header, plan.extensions.repairedRid);
  return rid ?? (others.length === 0 ? only : undefined);
}

function readText(header: RtpHeader, id: number | undefined): string | undefined {
  const bytes = id === undefined ? undefined : header.extension(id);
  // The two-byte form may be padded with zeros.
  return bytes && String.fromCharCode(...bytes).replace(/\0+$/, '');
}

function indexWhere<T>(items: readonly T[], test: (item: T) => boolean): number | undefined {
  const index = items.findIndex(test);
  return index < 0 ? undefined : index;
}
