import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

import { pages } from './pages.config.ts';
import { themeBeforePaint } from './theme.config.ts';

const SERVER = process.env['LATCHKEY_URL'] ?? 'http://localhost:3000';

/** The server refuses changes whose Origin isn't its own; here the development server stands in front of it. */
const proxied = { target: SERVER, headers: { origin: SERVER } };

/** The first versions with `light-dark()`: older targets would have it rewritten into something four times as long. */
const BROWSERS = ['chrome123', 'firefox121', 'safari17.5'];

export default defineConfig({
  plugins: [react(), pages(), themeBeforePaint()],
  server: { host: '127.0.0.1', proxy: { '/trpc': proxied, '/api': proxied } },
  preview: { host: '127.0.0.1', proxy: { '/trpc': proxied, '/api': proxied } },
  build: {
    target: BROWSERS,
    cssTarget: BROWSERS,
    // The content security policy has no `data:`.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { auth: 'auth.html', app: 'app.html', docs: 'docs.html', plain: 'src/styles/plain.css' },
      // Of tRPC's client, what isn't used may go: its manifest doesn't say so.
      output: {
        // The server's own pages ask for it by this name, whatever the build.
        assetFileNames: ({ names }) => (names.includes('plain.css') ? 'plain.css' : 'assets/[name]-[hash][extname]'),
        // Each chunk costs some hundred bytes, and these are all loaded for nearly every page of their kind.
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [
            {
              name: 'parts',
              test: /\/src\/(?:ui\/(?:lazy-(?:confirm-)?dialog|use-layer|relative-time|guarded-button|badge|load-more|table|search-field|loaded|state|toast|page)|forms\/failure-alert)\.tsx?$/,
            },
            { name: 'searches', test: /\/src\/(?:features|shell)\/.*(?:-search|places)\.ts$/ },
            { name: 'passkeys', test: /\/src\/passkeys\/(?!create)/ },
            {
              name: 'common',
              test: /\/src\/(?:ui\/(?:button|icons|field|notice|brand|skeleton|password-field)|words\/(?:failure|problem-words|next-path|time-words))\.tsx?$/,
            },
            {
              name: 'signed-out',
              test: /\/src\/signed-out\/(?:frame|go-on|second-step|small-form|use-answer|wait|form-failure|client)\.tsx?$/,
            },
          ],
        },
      },
      treeshake: { moduleSideEffects: [{ test: /\/@trpc\/client\//, sideEffects: false }] },
    },
  },
});
