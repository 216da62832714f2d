import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

/** The player for pages of other sites: one file beside the site's own, with its styles inside. */
export default defineConfig({
  plugins: [svelte({ configFile: false, emitCss: false, compilerOptions: { runes: true, css: 'injected' } })],
  publicDir: false,
  build: {
    outDir: 'build/element',
    target: 'es2022',
    lib: { entry: 'src/element/freshet-player.ts', formats: ['es'], fileName: () => 'freshet-player.js' },
  },
});
