import type { KoaContextWithOIDC } from 'oidc-provider';

type Refusal = { error: string; error_description?: string | undefined };

/** What a person is told whose app asked for something that can't be done: the browser goes nowhere then. */
const SENTENCES: Readonly<Record<string, string>> = {
  invalid_client: 'This server doesn’t know the app that sent you here.',
  invalid_redirect_uri: 'The app wants you to be sent to a place that isn’t registered for it.',
  access_denied: 'The app was not allowed in.',
  session_not_found: 'This request has ended, or began in another browser. Go back to the app and start again.',
  server_error: 'Something failed here. It was logged.',
};

/** Without scripts and styles, like every page that has to work by itself. Nothing of the request is markup. */
export function renderError(ctx: KoaContextWithOIDC, { error, error_description: detail }: Refusal): void {
  ctx.type = 'text/html; charset=utf-8';
  ctx.body = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The app can’t be connected · Latchkey</title>
<h1>The app can’t be connected</h1>
<p>${escaped(SENTENCES[error] ?? 'The app asked for something that can’t be done.')}</p>
<p>For whoever runs the app: <code>${escaped(error)}</code>${detail ? ` — ${escaped(detail)}` : ''}</p>
<p><a href="/">Go to the start page</a></p>
</html>
`;
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
