import { readOutbox } from '@latchkey/testkit/outbox';
import type { ServerProcess } from '@latchkey/testkit/server-process';

import { expect } from './fixtures.ts';

/** The latest link to the page that was mailed to the address, as soon as it is there: mail goes out after the answer. */
export async function linkMailedTo({ outboxDir }: ServerProcess, email: string, page: string): Promise<string> {
  const links = () =>
    readOutbox(outboxDir, email)
      .flatMap((mail) => /^http\S+#[0-9A-Za-z]{43}$/m.exec(mail)?.[0] ?? [])
      .filter((link) => new URL(link).pathname === page);
  const latest = () => links().at(-1) ?? '';
  await expect.poll(latest).not.toBe('');
  return latest();
}
