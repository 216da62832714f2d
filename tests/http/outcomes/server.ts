import { Limits } from '../../../src/http/limits.ts';
import { chromiumPlayOffer } from '../../support/offers.ts';
import { seesAllWell } from '../../support/server-facts.ts';
import { NOBODYS, type Rows } from './ask.ts';

const hook = { url: 'https://hook.example/', events: ['stream.started'] };
const offer = { thread: 0, offer: chromiumPlayOffer };
const MAX_WEBHOOKS = 20;
const MAX_PROBES = 64;

export const serverRows: Rows = {
  'GET /webhooks': { 200: {} },
  'POST /webhooks': {
    201: { body: hook },
    bad_url: { body: { ...hook, url: 'nonsense' } },
    no_channel: { body: { ...hook, channel: 'nothing' } },
    too_many_webhooks: {
      body: hook,
      first: async ({ fake, tokens }) => {
        for (let i = 0; i < MAX_WEBHOOKS; i += 1) {
          await fake.call('POST', '/webhooks', { token: tokens.owner, body: hook });
        }
        return {};
      },
    },
  },
  'GET /webhooks/{id}': { 200: {}, no_webhook: { id: NOBODYS } },
  'PATCH /webhooks/{id}': {
    200: { body: { isActive: false } },
    no_webhook: { id: NOBODYS, body: { isActive: false } },
    bad_url: { body: { url: 'nonsense' } },
  },
  'DELETE /webhooks/{id}': { 204: {} },
  'POST /webhooks/{id}/rotate': { 200: {}, no_webhook: { id: NOBODYS } },
  'POST /webhooks/{id}/test': { 202: {}, no_webhook: { id: NOBODYS } },
  'GET /webhooks/{id}/deliveries': { 200: {}, no_webhook: { id: NOBODYS } },
  'POST /webhooks/{id}/deliveries/{deliveryId}/redeliver': {
    202: {},
    no_webhook: { id: NOBODYS },
    no_delivery: { deliveryId: NOBODYS },
  },
  'GET /health': { 200: {} },
  'GET /storage': { 200: {} },
  'POST /health/browser': { 200: { body: seesAllWell } },
  'GET /health/events': {
    200: {},
    too_many_feeds: { server: { limits: new Limits({ isBehindProxy: false, maxFeeds: 0 }) } },
  },
  'POST /health/upload': { 204: { body: { padding: 'x' } } },
  'GET /reachability': { 200: {} },
  'POST /reachability': {
    201: { body: offer },
    bad_offer: { body: { ...offer, offer: 'v=1' } },
    unsupported_offer: { body: { ...offer, offer: chromiumPlayOffer.replace(/^a=group:BUNDLE.*\r\n/m, '') } },
    interrupted: { body: { ...offer, thread: 7 } },
    at_capacity: {
      body: offer,
      first: async ({ fake, tokens }) => {
        for (let i = 0; i < MAX_PROBES; i += 1) {
          await fake.call('POST', '/reachability', { token: tokens.owner, body: offer });
        }
        return {};
      },
    },
  },
  'DELETE /reachability/{id}': { 204: { id: 'probe-none' } },
};
