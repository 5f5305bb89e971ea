import bcrypt from 'bcrypt';
import cookieSession from 'cookie-session';
import express from 'express';
import jwt from 'jsonwebtoken';

import { INFO, PERSON, port } from './common.js';

/** As its tutorials have it: HS256, a signed session cookie, one constant key, nothing read from a database. */

const SECRET = 'a secret of at least thirty-two bytes';
const KEY = 'one-constant-api-key';
const passwordHash = await bcrypt.hash(PERSON.password, 10);
const user = { email: PERSON.email, name: PERSON.name };

const app = express();
app.use(express.json());

function requireToken(request, response, next) {
  const [, token] = (request.headers.authorization ?? '').split(' ');
  jwt.verify(token, SECRET, { algorithms: ['HS256'] }, (error, claims) => {
    if (error) return response.status(401).json({ detail: 'Invalid token' });
    request.user = claims;
    return next();
  });
}

function requireKey(request, response, next) {
  if (request.headers['x-api-key'] !== KEY) return response.status(401).json({ detail: 'Invalid API key' });
  return next();
}

function requireSession(request, response, next) {
  if (!request.session.email) return response.status(401).json({ detail: 'Not signed in' });
  return next();
}

const sessions = cookieSession({ name: 'session', keys: [SECRET] });

app.get('/', (_request, response) => response.json(INFO));
app.get('/jwt', requireToken, (request, response) => response.json({ ...user, email: request.user.sub }));
app.get('/key', requireKey, (_request, response) => response.json(user));
app.get('/cookie', sessions, requireSession, (request, response) =>
  response.json({ ...user, email: request.session.email }),
);
// Express 5 passes an async handler's failure on by itself.
// oxlint-disable-next-line oxc/no-async-endpoint-handlers
app.post('/sign-in', sessions, async (request, response) => {
  const { email, password } = request.body;
  if (email !== PERSON.email || !(await bcrypt.compare(password, passwordHash))) {
    return response.status(401).json({ detail: 'Wrong email or password' });
  }
  request.session.email = email;
  return response.json({ ...user, token: jwt.sign({ sub: email }, SECRET, { expiresIn: '1h' }) });
});
app.get('/credentials', (_request, response) =>
  response.json({ jwt: jwt.sign({ sub: PERSON.email }, SECRET, { expiresIn: '1h' }), key: KEY }),
);
app.listen(port, '127.0.0.1');
