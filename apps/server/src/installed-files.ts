import { fileURLToPath } from 'node:url';

/** Where the rest of the program is: from this file, or from the built one that it has become part of. */
const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const isBuilt = import.meta.url.endsWith('.js');

/** The web pages, as the build made them. */
export const PAGES = at('../../web/dist');

/** The changes of the tables, a folder for each kind of database. */
export const MIGRATIONS = at('../migrations');

/** What runs in each thread that hashes passwords. */
export const PASSWORD_WORKER = at(isBuilt ? './password-worker.js' : './crypto/password-worker.ts');
