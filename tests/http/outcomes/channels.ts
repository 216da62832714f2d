import { NOBODYS, type Rows } from './ask.ts';
import { withoutScope } from './of-every-route.ts';

export const channelRows: Rows = {
  'GET /channels': {
    200: {},
    unauthorized: { as: 'wrong', query: 'mine=true' },
    insufficient_scope: { query: 'mine=true', first: withoutScope('read') },
    forbidden: { as: 'stranger', query: 'all=true' },
    not_set_up: { as: 'admin', query: 'mine=true', town: 'ownerless' },
  },
  'GET /categories': { 200: {} },
  'POST /channels': {
    201: { body: { slug: 'river', title: 'A river' } },
    bad_slug: { body: { slug: 'x', title: 'Too short' } },
    slug_taken: { body: { slug: 'brook', title: 'Another brook' } },
  },
  'GET /channels/{slug}': { 200: {} },
  'PATCH /channels/{slug}': { 200: { body: { title: 'Another title' } } },
  'DELETE /channels/{slug}': { 204: {} },
  'GET /channels/{slug}/moderators': { 200: {} },
  'PUT /channels/{slug}/moderators/{name}': { 204: {}, no_user: { name: 'nobody' } },
  'DELETE /channels/{slug}/moderators/{name}': { 204: {} },
  'GET /channels/{slug}/keys': { 200: {} },
  'POST /channels/{slug}/keys': { 201: { body: { name: 'OBS' } } },
  'GET /channels/{slug}/keys/{id}': { 200: {}, no_key: { id: NOBODYS } },
  'PATCH /channels/{slug}/keys/{id}': {
    200: { body: { name: 'OBS' } },
    no_key: { id: NOBODYS, body: { name: 'OBS' } },
  },
  'POST /channels/{slug}/keys/{id}/rotate': { 200: {}, no_key: { id: NOBODYS } },
  'DELETE /channels/{slug}/keys/{id}': { 204: {} },
  'GET /channels/{slug}/viewer-tokens': { 200: {} },
  'POST /channels/{slug}/viewer-tokens': { 201: { body: { ttlSeconds: 60 } } },
  'GET /channels/{slug}/viewer-tokens/{id}': { 200: {}, no_viewer_token: { id: NOBODYS } },
  'DELETE /channels/{slug}/viewer-tokens/{id}': { 204: {} },
  'DELETE /channels/{slug}/viewer-tokens': { 204: {} },
  'POST /channels/{slug}/access': {
    204: { body: { token: 'a.b.c' } },
    no_channel: { slug: 'spring', body: { token: 'a.b.c' } },
  },
  'DELETE /channels/{slug}/access': { 204: {} },
};
