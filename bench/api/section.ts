export const CLIENTS = 100;
/** Of all clients together. */
export const REQUESTS_PER_SECOND = 1000;

export const API_HEADING = '## Beside a busy API';

export const API_INTRODUCTION = `${API_HEADING}

A stream of 2.5 Mbit/s with viewers, alone and beside ${REQUESTS_PER_SECOND} requests a second by ${CLIENTS} clients, each with a token and a connection of its
own, in turns of the same run. They ask for lists of channels, a channel, what is live, streams, figures, sessions and keys; one request in twenty changes
something, 20 event streams are open, and \`/metrics\` is read every 5 s. A request's time is counted from when it was due. Server, publisher, viewers,
clients and PostgreSQL share the machine's cores. Made by \`npm run bench -- api\`.
`;
