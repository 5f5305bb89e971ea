/** What the unguarded query of each answers. */
export const INFO = { result: { data: { needsSetup: false, signUpOpen: false, url: 'http://localhost:3000' } } };

export const PERSON = { email: 'person-0@bench.test', name: 'Person 0', password: 'a long password of everyone' };

export const port = Number(process.env.PORT);
