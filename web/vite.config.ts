import adapter from '@sveltejs/adapter-node';
import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vite';

// The server that `dev.ts` starts beside Vite.
const server = `http://localhost:${process.env['PORT'] ?? '8080'}`;

export default defineConfig({
  plugins: [
    tailwindcss(),
    sveltekit({
      adapter: adapter({ envPrefix: 'FRESHET_SITE_' }),
      compilerOptions: { runes: true },
      csp: {
        directives: {
          'default-src': ['self'],
          'script-src': ['self'],
          // Svelte renders style attributes, which no nonce can cover.
          'style-src': ['self', 'unsafe-inline'],
          'img-src': ['self', 'data:'],
          'media-src': ['self', 'blob:', 'mediastream:'],
          'connect-src': ['self'],
          'object-src': ['none'],
          'base-uri': ['self'],
          'form-action': ['self'],
          'frame-ancestors': ['none'],
        },
      },
    }),
  ],
  server: { proxy: { '/api': server, '/whip': server, '/whep': server, '/media': server } },
});
