import type { KoaContextWithOIDC } from 'oidc-provider';

import { plainPage } from '../http/index.ts';

type Refusal = { error: string; error_description?: string | undefined };

/** What a person is told whose app asked for something that can't be done: the browser goes nowhere then. */
const SENTENCES: Readonly<Record<string, string>> = {
  invalid_client: 'This server doesn’t know the app that sent you here.',
  invalid_redirect_uri: 'The app wants you to be sent to a place that isn’t registered for it.',
  access_denied: 'The app was not allowed in.',
  session_not_found: 'This request has ended, or began in another browser. Go back to the app and start again.',
  server_error: 'Something failed here. It was logged.',
};

export function renderError(ctx: KoaContextWithOIDC, { error, error_description: detail }: Refusal): void {
  ctx.type = 'text/html; charset=utf-8';
  ctx.body = plainPage({
    title: 'The app can’t be connected',
    body: [
      SENTENCES[error] ?? 'The app asked for something that can’t be done.',
      `For whoever runs the app: ${error}${detail === undefined ? '' : ` (${detail})`}`,
    ],
  });
}
