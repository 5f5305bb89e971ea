import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What was mailed to the address, oldest first: the text, with its line ends as \n. */
export function readOutbox(outboxDir: string, email: string): string[] {
  if (!existsSync(outboxDir)) return [];
  const messages = readdirSync(outboxDir)
    .filter((name) => name.endsWith('.eml'))
    .toSorted()
    .map((name) => readFileSync(join(outboxDir, name), 'utf8').replaceAll('\r\n', '\n'));
  return messages.filter((each) => each.includes(`\nTo: ${email}\n`)).map(textPart);
}

/** Between the headers of the first part and the next boundary. */
function textPart(message: string): string {
  const part = /Content-Type: text\/plain[^]*?\n\n([^]*?)\n--/.exec(message)?.[1];
  return part ?? message;
}
