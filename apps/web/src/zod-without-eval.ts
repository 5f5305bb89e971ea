import * as z from 'zod/mini';

/** zod probes for `eval` when the first object schema is built; the content security policy would report it as an attack. */
z.config({ jitless: true, customError: () => 'Check this field.' });
