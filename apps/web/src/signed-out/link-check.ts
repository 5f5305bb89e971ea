import { linkInput } from '@latchkey/schemas';

type Preview = { valid: boolean; email: string | null };

/** What can't be a token needs no call, and its refusal would read like a mistake of the reader's. */
export async function checkLink(
  token: string | null,
  check: (input: { token: string }) => Promise<Preview>,
): Promise<Preview> {
  const isToken = linkInput.shape.token.safeParse(token).success;
  return isToken && token ? check({ token }) : { valid: false, email: null };
}
