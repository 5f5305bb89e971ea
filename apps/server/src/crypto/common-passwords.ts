import { newPassword } from '@latchkey/schemas';

import { Problem } from '../problems/index.ts';

/** What else a password must not be, and where the refusal is shown. */
export type Choice = {
  /** What everybody knows of the person: email address, name. */
  own: readonly string[];
  /** The input's field. */
  field?: 'password' | 'newPassword';
};

let common: Promise<ReadonlySet<string>> | null = null;

/** The passwords that are found most often in breaches, in lower case. They come with a package, loaded at the first choice. */
async function load(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  return new Set(dictionary['passwords-common'].filter((each) => newPassword.safeParse(each).success));
}

/** Refuses what attackers try first (ASVS V6.2.4, V6.2.11, V6.2.12). Nothing about the password leaves the server. */
export async function refuseCommon(password: string, { own, field = 'password' }: Choice): Promise<void> {
  const lower = password.toLowerCase();
  common ??= load();
  if ((await common).has(lower)) return refuse(field, 'Attackers try this password first. Choose another one.');
  const names = own.flatMap((each) => [each, each.split('@', 1)[0] ?? '']).map((each) => each.toLowerCase());
  if (names.includes(lower)) refuse(field, 'Others know this about you. Choose another password.');
}

function refuse(path: string, message: string): never {
  throw new Problem('password_common', { issues: [{ path, message }] });
}
