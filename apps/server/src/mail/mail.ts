import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { randomBase62 } from '../crypto/index.ts';
import { SECOND_MS, systemClock, type Clock } from '../time/index.ts';

/** `to` is one address, already checked. */
export type MailMessage = { to: string; subject: string; text: string; html: string };

export type MailOptions = {
  /** Null: each message is a file in `outboxDir`. */
  smtpUrl: string | null;
  from: string;
  outboxDir: string;
  onFailure: (error: unknown) => void;
  clock?: Clock;
};

type Deliver = (
  message: Omit<MailMessage, 'to'> & { from: string; to: { name: string; address: string }; date: Date },
) => Promise<void>;

const PLAIN_PART = 'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit';

/** A message's text never makes the server read a file or a URL. */
const CLOSED_IN = { disableFileAccess: true, disableUrlAccess: true };

const SMTP_LIMITS = {
  connectionTimeout: 10 * SECOND_MS,
  greetingTimeout: 10 * SECOND_MS,
  socketTimeout: 20 * SECOND_MS,
};

export function createMail({ smtpUrl, from, outboxDir, onFailure, clock = systemClock }: MailOptions) {
  const deliver = smtpUrl === null ? toOutbox(outboxDir, clock) : toServer(smtpUrl);
  const underWay = new Set<Promise<void>>();

  async function work(job: () => Promise<void>): Promise<void> {
    try {
      await job();
    } catch (error) {
      onFailure(error);
    }
  }

  return {
    /** False: messages stay here, as files, until somebody hands them over. */
    sends: smtpUrl !== null,

    /**
     * Does it after the answer. Whether there is anything to send, and how long that takes, is nothing for a stranger's clock.
     */
    later(job: () => Promise<void>): void {
      const done = work(job).finally(() => void underWay.delete(done));
      underWay.add(done);
    },

    /** Waits for what was left for later. */
    async settle(): Promise<void> {
      while (underWay.size > 0) await Promise.all(underWay);
    },

    /**
     * Whether the message is with the mail server; a file of the outbox has reached nobody yet. What it was about has happened
     * already, so a mail server that is away must not make that look failed: it is logged, and the caller says that no mail went out.
     */
    async send({ to, ...content }: MailMessage): Promise<boolean> {
      try {
        // As an object, the address stays one address, whatever it holds [B21].
        await deliver({ from, to: { name: '', address: to }, date: new Date(clock()), ...content });
        return smtpUrl !== null;
      } catch (error) {
        onFailure(error);
        return false;
      }
    },
  };
}

export type Mail = ReturnType<typeof createMail>;

/** Loaded when there is something to send: many a server never has, and starts sooner without. */
function mailer() {
  return import('nodemailer');
}

function toServer(smtpUrl: string): Deliver {
  return async (message) => {
    const { createTransport } = await mailer();
    await createTransport({ url: smtpUrl, ...CLOSED_IN, ...SMTP_LIMITS }).sendMail(message);
  };
}

function toOutbox(outboxDir: string, clock: Clock): Deliver {
  let written = 0;
  return async ({ text, html, ...message }) => {
    const { createTransport } = await mailer();
    const transport = createTransport({ streamTransport: true, buffer: true, ...CLOSED_IN });
    // Mail servers get quoted-printable, which breaks a link in two; who reads a file copies it from one line.
    const readable = `${PLAIN_PART}\r\n\r\n${text.replaceAll('\n', '\r\n')}`;
    const alternatives = [{ raw: readable }, { contentType: 'text/html', content: html }];
    const { message: bytes } = await transport.sendMail({ ...message, alternatives });
    // In their order by name, also those of one millisecond.
    const place = String((written += 1)).padStart(6, '0');
    const name = `${new Date(clock()).toISOString().replaceAll(':', '-')}-${place}-${randomBase62(8)}.eml`;
    await mkdir(outboxDir, { recursive: true, mode: 0o700 });
    await writeFile(join(outboxDir, name), bytes, { mode: 0o600, flag: 'wx' });
  };
}
