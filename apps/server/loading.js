import { enableCompileCache, registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

/*
 * Given to Node as `--import` by the scripts that start the server or its command line. Without it everything works the
 * same, and starts in three times the time with twice the memory. It is JavaScript, since Node's remover of types is one of the
 * things that a start then does without.
 */

/** Among the dependencies: whoever can write there can change the code itself. A temporary folder would be everybody's. */
enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/latchkey', import.meta.url)));

/**
 * For each file of a package, Node 24 parses all `exports` of its package.json anew; those of drizzle-orm are 170 KB. Its
 * files import each other by their plain paths, so where they are can be told without.
 */
const SLOW_PACKAGE = 'drizzle-orm';

const found = new Map();

registerHooks({
  resolve(specifier, context, next) {
    if (specifier.startsWith('.') && context.parentURL?.includes(`/node_modules/${SLOW_PACKAGE}/`)) {
      return { url: new URL(specifier, context.parentURL).href, format: 'module', shortCircuit: true };
    }
    if (!specifier.startsWith(SLOW_PACKAGE)) return next(specifier, context);
    // Whoever imports it: there is one version of it, the catalog's.
    const resolved = found.get(specifier) ?? { ...next(specifier, context), shortCircuit: true };
    found.set(specifier, resolved);
    return resolved;
  },
});
