import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import { ADMIN, openTestServer } from '@latchkey/testkit';
import { SMTPServer } from 'smtp-server';
import { expect, it, onTestFinished } from 'vitest';

type Delivered = { to: string[]; message: string };

async function openMailServer(): Promise<{ url: string; delivered: Delivered[] }> {
  const delivered: Delivered[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      const to = session.envelope.rcptTo.map(({ address }) => address);
      let message = '';
      stream.setEncoding('utf8').on('data', (chunk: string) => (message += chunk));
      stream.on('end', () => {
        delivered.push({ to, message });
        done();
      });
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  onTestFinished(() => server.close());
  return { url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`, delivered };
}

/** RFC 2045 section 6.7. */
function decoded(message: string): string {
  const unfolded = message.replaceAll(/=\r\n/g, '');
  return unfolded.replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));
}

it('a mail server gets the reset as text and HTML with the same link, which works, and it alone holds it', async () => {
  const mailServer = await openMailServer();
  const server = await openTestServer({ environment: { SMTP_URL: mailServer.url } });
  onTestFinished(() => server.close());
  await expect(server.stranger().api.server.info.query()).resolves.toMatchObject({ sendsMail: true });
  await server.stranger().api.passwordReset.request.mutate({ email: ADMIN.email });
  await server.mail.settle();
  expect(mailServer.delivered.map(({ to }) => to)).toEqual([[ADMIN.email]]);
  const message = decoded(mailServer.delivered[0]!.message);
  expect(message).toMatch(/Subject: Choose a new password for localhost:3000\r\n/);
  expect([message.includes('Content-Type: text/plain'), message.includes('Content-Type: text/html')]).toEqual([
    true,
    true,
  ]);
  const links = new Set(message.match(/http:\/\/localhost:3000\/reset#[0-9A-Za-z]{43}/g));
  expect(links.size).toBe(1);
  const token = [...links][0]?.split('#')[1] ?? '';
  const password = 'another good password';
  await expect(server.stranger().api.passwordReset.complete.mutate({ token, password })).resolves.toMatchObject({
    email: ADMIN.email,
  });
  expect(server.logged()).not.toContain(token);
});
