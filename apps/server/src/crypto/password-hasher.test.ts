import { readdirSync, readFileSync } from 'node:fs';

import { hashSync } from '@node-rs/argon2';
import { afterEach, describe, expect, it } from 'vitest';

import { Problem } from '../problems/index.ts';
import { createPasswordHasher, type PasswordHasher } from './index.ts';

const open: PasswordHasher[] = [];
function hasherOf(size?: Parameters<typeof createPasswordHasher>[0]): PasswordHasher {
  const hasher = createPasswordHasher(size);
  open.push(hasher);
  return hasher;
}
afterEach(() => Promise.all(open.splice(0).map((hasher) => hasher.close())));

const overloaded = expect.objectContaining({ code: 'overloaded' });

describe('a password hash', () => {
  it("is argon2id at OWASP's parameters, salted anew each time", async () => {
    const hasher = hasherOf();
    const [one, other] = await Promise.all([hasher.hash('correct horse'), hasher.hash('correct horse')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(other).not.toBe(one);
  });

  it('matches its password exactly as it was written, and no other', async () => {
    const hasher = hasherOf();
    const password = ' Pässwörd with spaces 🔑 ';
    const hash = await hasher.hash(password);
    expect(await hasher.verify(hash, password)).toBe(true);
    for (const other of [password.trim(), password.toLowerCase(), `${password}\0`, password.normalize('NFD'), '']) {
      expect(await hasher.verify(hash, other)).toBe(false);
    }
  });

  it('takes the whole of a long password into account', async () => {
    const hasher = hasherOf();
    const hash = await hasher.hash('x'.repeat(256));
    expect(await hasher.verify(hash, 'x'.repeat(256))).toBe(true);
    expect(await hasher.verify(hash, 'x'.repeat(255))).toBe(false);
  });

  it('of another cost still matches, and is to be made anew', async () => {
    const hasher = hasherOf();
    const cheap = hashSync('correct horse', { memoryCost: 8192, timeCost: 1, parallelism: 1 });
    expect(await hasher.verify(cheap, 'correct horse')).toBe(true);
    expect(hasher.needsRehash(cheap)).toBe(true);
    expect(hasher.needsRehash(await hasher.hash('correct horse'))).toBe(false);
  });
});

describe('time tells nothing', () => {
  it('every try costs one real verification, whoever it is for and whatever it offers', async () => {
    const hasher = hasherOf();
    const hash = await hasher.hash('correct horse');
    const tries: [string | null, string][] = [
      [hash, 'correct horse'],
      [hash, 'wrong'],
      [hash, ''],
      [hash, 'x'.repeat(100_000)],
      [hash, '\0'],
      [null, 'correct horse'],
      [null, ''],
    ];
    const answers = [];
    for (const [kept, offered] of tries) answers.push(await hasher.verify(kept, offered));
    expect(answers).toEqual([true, ...tries.slice(1).map(() => false)]);
    expect(hasher.verifications).toBe(tries.length);
  });

  it('[P28] nobody takes as long as somebody', async () => {
    const hasher = hasherOf({ workers: 1 });
    const hash = await hasher.hash('correct horse');
    const timeOf = async (kept: string | null) => {
      const startMs = performance.now();
      await hasher.verify(kept, 'wrong');
      return performance.now() - startMs;
    };
    // In turns, so that a busy machine slows both alike.
    const pairs: [number, number][] = [];
    for (let round = 0; round < 15; round += 1) pairs.push([await timeOf(null), await timeOf(hash)]);
    const median = (taken: number[]) => taken.toSorted((a, b) => a - b)[7] ?? 0;
    const [nobody, somebody] = [median(pairs.map(([first]) => first)), median(pairs.map(([, second]) => second))];
    // A dummy in a form that argon2 refuses would answer a hundred times faster. Finer timing is for a quiet machine.
    expect(nobody / somebody).toBeGreaterThan(0.4);
    expect(nobody / somebody).toBeLessThan(2.5);
  });
});

describe('a storm of sign-ins', () => {
  it('is bounded: what finds the queue full fails at once, and says when to come back', async () => {
    const hasher = hasherOf({ workers: 1, queueLimit: 2 });
    const tries = await Promise.allSettled(Array.from({ length: 6 }, () => hasher.verify(null, 'x')));
    expect(tries.map((each) => each.status)).toEqual([
      ...Array.from({ length: 3 }, () => 'fulfilled'),
      ...Array.from({ length: 3 }, () => 'rejected'),
    ]);
    const refused = tries.at(-1);
    expect(refused?.status === 'rejected' && refused.reason).toBeInstanceOf(Problem);
    expect(refused).toMatchObject({ reason: { code: 'overloaded', facts: { retryAfterSeconds: 2 } } });
    expect(hasher.verifications).toBe(3);
  });

  it('passes: the queue takes new work afterwards', async () => {
    const hasher = hasherOf({ workers: 1, queueLimit: 0 });
    await Promise.allSettled([hasher.verify(null, 'x'), hasher.verify(null, 'x')]);
    expect(await hasher.verify(null, 'x')).toBe(false);
  });

  it('answers each caller with their own answer', async () => {
    const hasher = hasherOf({ workers: 2 });
    const hash = await hasher.hash('right');
    const offered = Array.from({ length: 12 }, (_, n) => (n % 3 === 0 ? 'right' : `wrong ${n}`));
    const answers = await Promise.all(offered.map((each) => hasher.verify(hash, each)));
    expect(answers).toEqual(offered.map((each) => each === 'right'));
  });

  it.skipIf(process.platform !== 'linux')('runs beside everything else, at the lowest priority', async () => {
    const nicenesses = () =>
      readdirSync('/proc/self/task').map((id) => {
        const stat = readFileSync(`/proc/self/task/${id}/stat`, 'utf8');
        // proc_pid_stat(5): niceness is field 19; the second field may hold spaces and ends with the last bracket.
        return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
      });
    const before = nicenesses().filter((nice) => nice === 19).length;
    const hasher = hasherOf({ workers: 2 });
    await Promise.all([hasher.verify(null, 'x'), hasher.verify(null, 'x')]);
    expect(nicenesses().filter((nice) => nice === 19).length).toBeGreaterThanOrEqual(before + 2);
    expect(nicenesses().some((nice) => nice < 19)).toBe(true);
  });
});

describe('a thread that dies', () => {
  it('fails its own call as overloaded and is replaced for the others', async () => {
    const hasher = hasherOf({ workers: 1 });
    const broken = hasher.verify('not a hash', 'x');
    const next = hasher.verify(null, 'x');
    await expect(broken).rejects.toEqual(overloaded);
    expect(await next).toBe(false);
    expect(await hasher.verify(await hasher.hash('again'), 'again')).toBe(true);
  });

  it('at closing fails what it was at, what waits, and what comes later', async () => {
    const hasher = hasherOf({ workers: 1 });
    const running = hasher.verify(null, 'x');
    const waiting = hasher.verify(null, 'x');
    const outcomes = Promise.allSettled([running, waiting]);
    await hasher.close();
    expect(await outcomes).toMatchObject([{ reason: { code: 'overloaded' } }, { reason: { code: 'overloaded' } }]);
    await expect(hasher.verify(null, 'x')).rejects.toEqual(overloaded);
    await expect(hasher.hash('x')).rejects.toEqual(overloaded);
  });
});
