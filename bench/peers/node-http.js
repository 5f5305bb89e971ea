import { createServer } from 'node:http';

import { INFO, port } from './common.js';

const body = JSON.stringify(INFO);

createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
}).listen(port, '127.0.0.1');
