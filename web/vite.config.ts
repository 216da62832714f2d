import adapter from '@sveltejs/adapter-node';
import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vite';

// The server that `dev.ts` starts beside Vite.
const server = `http://localhost:${process.env['PORT'] ?? '8080'}`;

/**
 * What pages have in common, in a few files: over a slow link each file costs a round trip of one of six connections.
 * A module goes to the first that names it, or that needs it.
 */
const SHARED = [
  { name: 'frame', test: /node_modules.(svelte|@lucide)|vite.preload-helper|web.src.lib.(ui|words|api)\b/ },
  { name: 'chat', test: /web.src.lib.chat/ },
  { name: 'player', test: /web.src.lib.(player|dash|viewer)\b/ },
];

export default defineConfig({
  environments: {
    client: {
      build: {
        rolldownOptions: {
          output: {
            codeSplitting: { groups: SHARED },
          },
        },
      },
    },
  },
  plugins: [
    tailwindcss(),
    sveltekit({
      adapter: adapter({ envPrefix: 'FRESHET_SITE_' }),
      compilerOptions: { runes: true },
      // The layout does it: a player within somebody else's page has no use for one.
      serviceWorker: { register: false },
      csp: {
        directives: {
          // Nothing but what is named below, and all of it from here.
          'default-src': ['none'],
          'script-src': ['self'],
          'style-src': ['self'],
          // Svelte renders style attributes, which no nonce can cover.
          'style-src-attr': ['unsafe-inline'],
          'img-src': ['self', 'data:'],
          'media-src': ['self', 'blob:', 'mediastream:'],
          'connect-src': ['self'],
          'worker-src': ['self'],
          'manifest-src': ['self'],
          'base-uri': ['none'],
          'form-action': ['self'],
          'frame-ancestors': ['none'],
        },
      },
    }),
  ],
  server: { proxy: { '/api': server, '/whip': server, '/whep': server, '/media': server } },
});
