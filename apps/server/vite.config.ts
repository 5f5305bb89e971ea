import { defineConfig } from 'vite';

/** Loaded when they are first needed, or with machine code of their own. */
const APART = [
  '@node-rs/argon2',
  '@simplewebauthn/server',
  '@zxcvbn-ts/language-common',
  'better-sqlite3',
  'nodemailer',
  'oidc-provider',
  'pg',
];

/** All files in one folder, as `src/installed-files.ts` expects it. */
export default defineConfig({
  ssr: { noExternal: true, external: APART },
  build: {
    ssr: true,
    target: 'node24',
    minify: false,
    rolldownOptions: {
      input: {
        main: 'src/main.ts',
        cli: 'src/cli/main.ts',
        'password-worker': 'src/crypto/password-worker.ts',
      },
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: '[name].js',
        comments: false,
        // To V8 a text of ASCII alone has half of the bytes, and needn't be decoded. Names and lines stay, for stack traces.
        minify: { compress: false, mangle: false, codegen: { removeWhitespace: false, asciiOnly: true } },
      },
    },
  },
});
