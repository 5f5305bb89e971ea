import { fastify } from 'fastify';

import { INFO, port } from './common.js';

const app = fastify();
app.get('/', async () => INFO);
await app.listen({ port, host: '127.0.0.1' });
