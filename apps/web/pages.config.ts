import type { Connect, Plugin } from 'vite';

const SIGNED_OUT =
  /^\/(?:setup|sign-in|sign-up|invitation|reset|verify-email|change-email|undo-email)(?:[?#]|$)|^\/consent\/|^\/device(?:[?#]|$)/;
const DOCUMENTATION = /^\/docs(?:[?#]|$)/;
const SIGNED_IN = /^\/(?:account|console)(?:[/?#]|$)|^\/(?:[?#]|$)/;

/** Which of the documents answers a path, as the real server does it. */
function documentFor(url: string): string {
  if (SIGNED_OUT.test(url)) return '/auth.html';
  if (DOCUMENTATION.test(url)) return '/docs.html';
  return SIGNED_IN.test(url) ? '/app.html' : url;
}

const rewrite: Connect.NextHandleFunction = (request, _response, next) => {
  request.url = documentFor(request.url ?? '/');
  next();
};

export function pages(): Plugin {
  return {
    name: 'latchkey-pages',
    configureServer: (server) => void server.middlewares.use(rewrite),
    configurePreviewServer: (server) => void server.middlewares.use(rewrite),
  };
}
