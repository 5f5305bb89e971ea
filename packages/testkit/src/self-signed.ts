import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import { ensureProgram } from './programs.ts';

export type SelfSigned = { certFile: string; keyFile: string };

/** The real `openssl`; null where it can't be had. */
export function ensureOpenssl(): string | null {
  return ensureProgram('openssl');
}

/** Makes a certificate for this machine's names that nobody signed but itself, and its key. */
export function makeSelfSigned(openssl: string, folder: string, name = 'localhost'): SelfSigned {
  const files = { certFile: join(folder, `${name}.cert.pem`), keyFile: join(folder, `${name}.key.pem`) };
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', files.keyFile];
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name},IP:127.0.0.1`, '-days', '2'];
  execFileSync(openssl, ['req', '-x509', ...key, ...subject, '-out', files.certFile], { stdio: 'ignore' });
  return files;
}
