import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';

import { createMail } from './index.ts';

const fail = (error: unknown) => {
  throw error;
};

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-mail-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function outbox() {
  const outboxDir = join(folder, 'outbox');
  const mail = createMail({
    smtpUrl: null,
    from: 'Latchkey <latchkey@localhost>',
    outboxDir,
    onFailure: fail,
    clock: () => 0,
  });
  const messages = () => readdirSync(outboxDir).map((name) => readFileSync(join(outboxDir, name), 'utf8'));
  return { mail, outboxDir, messages };
}

/** A mail server that takes everything and remembers what it was told. */
async function openMailServer() {
  const told: string[] = [];
  const server = createServer((socket) => {
    let inMessage = false;
    const say = (line: string) => socket.write(`${line}\r\n`);
    say('220 ready');
    socket.on('data', (chunk) => {
      const text = chunk.toString();
      told.push(text);
      if (inMessage) {
        if (!text.endsWith('\r\n.\r\n')) return;
        inMessage = false;
        say('250 taken');
      } else if (/^DATA/i.test(text)) {
        inMessage = true;
        say('354 go on');
      } else say(/^QUIT/i.test(text) ? '221 bye' : '250 fine');
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  return { url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`, told };
}

describe('mail without a server', () => {
  it('is one private file per message, with the link as it was written', async () => {
    const { mail, outboxDir, messages } = outbox();
    const link = 'http://localhost:3000/invitation#0123456789012345678901234567890123456789012';
    const sent = await mail.send({
      to: 'ada@example.com',
      subject: 'You are invited',
      text: `Go to ${link}`,
      html: link,
    });
    expect(sent).toBe(false);
    await mail.send({ to: 'bob@example.com', subject: 'Grüße', text: 'Hello', html: '<p>Hello</p>' });
    expect(messages()).toHaveLength(2);
    const message = messages().find((each) => each.includes('ada@example.com'));
    expect(message).toContain('From: Latchkey <latchkey@localhost>');
    expect(message).toContain('To: ada@example.com');
    expect(message).toContain(`\r\nGo to ${link}`);
    expect(statSync(outboxDir).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(outboxDir)) expect(statSync(join(outboxDir, name)).mode & 0o777).toBe(0o600);
  });

  it('goes to one address and has one subject, whatever they hold [B21]', async () => {
    const { mail, messages } = outbox();
    await mail.send({ to: 'a@x.example,b@y.example', subject: 'Hi\r\nBcc: c@z.example', text: 'x', html: 'x' });
    expect(messages()[0]).toContain('From: Latchkey');
    const [headers = ''] = messages()[0]!.split('\r\n\r\n');
    expect(headers).not.toMatch(/^Bcc:/m);
    expect(headers).not.toMatch(/^To: a@x\.example, ?b@y\.example$/m);
  });
});

describe('mail with a server', () => {
  it('is handed to it', async () => {
    const server = await openMailServer();
    const mail = createMail({ smtpUrl: server.url, from: 'latchkey@example.com', outboxDir: folder, onFailure: fail });
    expect(await mail.send({ to: 'ada@example.com', subject: 'Hello', text: 'Hello, Ada', html: 'Hello, Ada' })).toBe(
      true,
    );
    const told = server.told.join('');
    expect(told).toContain('MAIL FROM:<latchkey@example.com>');
    expect(told).toContain('RCPT TO:<ada@example.com>');
    expect(told).toContain('Hello, Ada');
    expect(readdirSync(folder)).toEqual([]);
  });

  it("says so when the server can't be reached", async () => {
    const failures: unknown[] = [];
    const mail = createMail({
      smtpUrl: 'smtp://127.0.0.1:1',
      from: 'latchkey@example.com',
      outboxDir: folder,
      onFailure: (error) => failures.push(error),
    });
    expect(await mail.send({ to: 'ada@example.com', subject: 's', text: 't', html: 't' })).toBe(false);
    expect(String(failures)).toContain('ECONNREFUSED');
  });
});
