import type { Context } from 'hono';
import type { Scope } from '../../accounts/scopes.ts';
import { StreamError } from '../../streams/errors.ts';
import type { StreamHistoryRecord } from '../../streams/ports.ts';
import { HttpError } from '../errors.ts';
import { type Identity, mayManage } from '../permissions.ts';
import type { ApiDependencies } from './dependencies.ts';

type Needed = { readonly identity: Identity; readonly scope: Scope };

/** Throws `no_stream`, also for a stream that who asks may not know of, and `forbidden`. */
export async function managedStream(
  c: Context,
  id: string,
  { gate, channels, history }: Pick<ApiDependencies, 'gate' | 'channels' | 'history'>,
  { identity, scope }: Needed,
): Promise<StreamHistoryRecord> {
  const stream = await history.byId(id);
  const channel = stream && (await channels.byId(stream.channelId));
  if (!channel || !(await gate.maySee(c, channel, { scope }))) {
    throw new StreamError('no_stream', 'There is no such stream.');
  }
  if (!mayManage(identity, channel))
    throw new HttpError('forbidden', 'This stream was on the channel of somebody else.');
  return stream;
}
