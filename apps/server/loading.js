import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

/*
 * Given to Node as `--import` by the scripts that start the server or its command line. Without it everything works the
 * same, and starts later.
 */

/** Among the dependencies: whoever can write there can change the code itself. A temporary folder would be everybody's. */
enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/latchkey', import.meta.url)));
