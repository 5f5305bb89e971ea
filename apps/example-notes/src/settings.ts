import type { GuardOptions } from '@latchkey/guard/verify';

export type Settings = { port: number; latchkey: GuardOptions };

export function readSettings({ PORT, LATCHKEY_URL, NOTES_URL, NOTES_KEY }: NodeJS.ProcessEnv): Settings {
  const port = Number(PORT ?? 4000);
  return {
    port,
    latchkey: {
      issuer: LATCHKEY_URL ?? 'http://localhost:3000',
      audience: NOTES_URL ?? `http://localhost:${port}`,
      introspection: { apiKey: NOTES_KEY ?? '' },
    },
  };
}
