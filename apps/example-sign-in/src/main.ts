import { createServer } from './server.ts';
import { readSettings } from './settings.ts';

const settings = readSettings(process.env);
await (await createServer(settings)).listen({ host: '127.0.0.1', port: settings.port });
process.stdout.write(`The app is at ${settings.url}\n`);
