import { MatroskaBlocks } from '#src/dash/matroska-blocks.ts';
import { JobFailure } from '../job-failure.ts';

/** One with a cached group answers at once; one that sends keyframes seldom is asked another time. */
const LOOK_MS = 4_000;
/** No keyframe is larger. */
const MAX_BYTES = 16 << 20;

export interface LookOptions {
  readonly serverUrl: string;
  readonly streamId: string;
  /** Good for this stream alone. */
  readonly token: string;
  readonly signal: AbortSignal;
}

/** A picture that stands alone, as Matroska. */
export interface Keyframe {
  /** On the stream's own clock. */
  readonly ms: number;
  readonly bytes: Uint8Array;
}

/** `over`: the stream has ended. `undefined`: it has no picture now. */
export type Look = Keyframe | 'over' | undefined;

/**
 * The newest keyframe of a stream, and no more of it: following it costs the server a look at every packet, and all but
 * one keyframe in five seconds would be for nothing.
 */
export async function lookAt({ serverUrl, streamId, token, signal }: LookOptions): Promise<Look> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), LOOK_MS);
  try {
    const answer = await fetch(`${serverUrl}/internal/streams/${streamId}/feed?video=keyframes`, {
      headers: { Authorization: `Bearer ${token}` },
      signal: AbortSignal.any([signal, limit.signal]),
    });
    if (answer.status === 404 || answer.status === 401) return 'over';
    if (answer.status !== 200 || !answer.body) throw new JobFailure(`the server refused its stream (${answer.status})`);
    return await firstPicture(answer.body);
  } catch (error) {
    signal.throwIfAborted();
    if (limit.signal.aborted) return undefined;
    throw error;
  } finally {
    clearTimeout(timer);
    // Ends what is still coming.
    limit.abort();
  }
}

/** All up to the first whole block: head and keyframe. */
export async function firstPicture(stream: AsyncIterable<Uint8Array>): Promise<Keyframe | undefined> {
  const reader = new MatroskaBlocks();
  const gathered: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    gathered.push(chunk);
    bytes += chunk.length;
    const [block] = reader.push(chunk);
    if (block) return { ms: block.ms, bytes: Buffer.concat(gathered) };
    if (bytes > MAX_BYTES) return undefined;
  }
  return undefined;
}
