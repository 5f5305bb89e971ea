/** The first admin of every server that tests start. */
export const ADMIN = { email: 'admin@example.com', password: 'correct horse battery staple' };

/** What makes a server begin with that admin, rather than with a set-up link. */
export const ADMIN_ENVIRONMENT = { LATCHKEY_ADMIN_EMAIL: ADMIN.email, LATCHKEY_ADMIN_PASSWORD: ADMIN.password };

/** Posts JSON to a procedure's REST address, as the server's own pages would. */
export function postRest(serverUrl: string, path: string, body: object, cookie = ''): Promise<Response> {
  const headers = { 'content-type': 'application/json', origin: serverUrl, ...(cookie && { cookie }) };
  return fetch(`${serverUrl}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
}

/** Signs the admin in, and gives what goes into the `Cookie` header from then on. */
export async function adminCookie(serverUrl: string): Promise<string> {
  const answer = await postRest(serverUrl, '/session', ADMIN);
  if (!answer.ok) throw new Error(`The admin can't sign in: ${answer.status} ${await answer.text()}`);
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
}
