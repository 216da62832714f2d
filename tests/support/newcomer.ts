import type { Api } from './api.ts';

interface Newcomer {
  readonly name: string;
  readonly role: 'viewer' | 'streamer';
}

/** An API token of somebody whom the owner has invited just now. */
export async function tokenOfNewcomer(
  owner: Api,
  siteUrl: string,
  { name, role }: Newcomer,
  token: object,
): Promise<string> {
  const { url } = await owner.post<{ url: string }>('/invites', { role });
  const send = (path: string, body: object, cookie = '') =>
    fetch(`${siteUrl}/api/v1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: siteUrl, cookie },
      body: JSON.stringify(body),
    });
  const invited = { token: new URL(url).searchParams.get('token'), name, password: 'a long enough password' };
  const accepted = await send('/invites/accept', invited);
  const cookie = accepted.headers.getSetCookie().map((one) => one.split(';')[0]);
  return ((await (await send('/tokens', token, cookie.join('; '))).json()) as { token: string }).token;
}
