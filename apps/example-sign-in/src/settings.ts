export type Settings = { port: number; url: string; issuer: string; clientId: string; clientSecret: string };

export function readSettings({
  PORT,
  APP_URL,
  OIDC_ISSUER,
  OIDC_CLIENT_ID,
  OIDC_CLIENT_SECRET,
}: NodeJS.ProcessEnv): Settings {
  const port = Number(PORT ?? 4001);
  return {
    port,
    url: APP_URL ?? `http://localhost:${port}`,
    issuer: OIDC_ISSUER ?? 'http://localhost:3000',
    clientId: OIDC_CLIENT_ID ?? '',
    clientSecret: OIDC_CLIENT_SECRET ?? '',
  };
}
