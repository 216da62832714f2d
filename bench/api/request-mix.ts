/** What the requests are about. */
export interface Subject {
  readonly slug: string;
  readonly streamId: string;
  /** A stream key that nobody publishes with. */
  readonly keyId: string;
}

interface Kind {
  readonly method: 'GET' | 'PATCH';
  readonly path: string;
  /** Of so many requests in a row. */
  readonly share: number;
  readonly body?: object;
}

/** As of dashboards and pages of channels that are open: much that is live, some figures, and now and then a change. */
function kindsOf({ slug, streamId, keyId }: Subject): readonly Kind[] {
  const channel = `/api/v1/channels/${slug}`;
  const stream = `/api/v1/streams/${streamId}`;
  return [
    { method: 'GET', path: '/api/v1/channels?limit=20', share: 3 },
    { method: 'GET', path: channel, share: 4 },
    { method: 'GET', path: `${channel}/live`, share: 5 },
    { method: 'GET', path: `${channel}/streams`, share: 2 },
    { method: 'GET', path: stream, share: 1 },
    { method: 'GET', path: `${stream}/analytics`, share: 1 },
    { method: 'GET', path: `${channel}/live/sessions`, share: 1 },
    { method: 'GET', path: `${channel}/keys`, share: 2 },
    { method: 'PATCH', path: `${channel}/keys/${keyId}`, share: 1, body: { name: 'renamed' } },
  ];
}

export interface Target {
  readonly host: string;
  readonly token: string;
}

/** One client's requests as they go over the wire, in the order that they are made in, over and over. */
export function requestsOf(subject: Subject, target: Target): readonly Buffer[] {
  const kinds = kindsOf(subject);
  const total = kinds.reduce((sum, { share }) => sum + share, 0);
  const turns = kinds.flatMap((kind) =>
    // Spread over the round, not one kind after the other.
    Array.from({ length: kind.share }, (_, nth) => ({ kind, at: ((nth + 0.5) * total) / kind.share })),
  );
  return turns.toSorted((a, b) => a.at - b.at).map(({ kind }) => requestBytes(kind, target));
}

function requestBytes({ method, path, body }: Kind, { host, token }: Target): Buffer {
  const text = body === undefined ? '' : JSON.stringify(body);
  const headers = [
    `${method} ${path} HTTP/1.1`,
    `Host: ${host}`,
    `Authorization: Bearer ${token}`,
    'Accept: application/json',
    ...(text === '' ? [] : ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(text)}`]),
  ];
  return Buffer.from(`${headers.join('\r\n')}\r\n\r\n${text}`);
}
