import { ADMIN, expect, signIn, test } from './fixtures.ts';
import { signInByRest } from './rest.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

test('a person signs in, and no script can read what signs them in', async ({ page, context }) => {
  await signIn(page, ADMIN);
  const closed = { httpOnly: true, secure: true, sameSite: 'Lax', path: '/' };
  const cookies = (await context.cookies()).toSorted((one, other) => one.name.localeCompare(other.name));
  expect(cookies).toEqual([
    expect.objectContaining({ ...closed, name: '__Host-latchkey' }),
    expect.objectContaining({ ...closed, name: '__Host-latchkey-device' }),
  ]);
});

test('whoever opens a page without a session signs in and comes back to it', async ({ page }) => {
  await page.goto('/account/security');
  await expect(page).toHaveURL('/sign-in?next=%2Faccount%2Fsecurity');
  await page.getByLabel('Email').fill(ADMIN.email);
  await page.getByLabel('Password', { exact: true }).fill(ADMIN.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Security' })).toBeVisible();
});

test('nobody is led to another site after signing in', async ({ page, server }) => {
  for (const next of ['https://example.com/', '/\\example.com']) {
    await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
    await page.getByLabel('Email').fill(ADMIN.email);
    await page.getByLabel('Password', { exact: true }).fill(ADMIN.password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible();
    expect(new URL(page.url()).origin).toBe(server.url);
  }
});

test('a wrong password keeps the email, and says what to do', async ({ page }) => {
  await page.goto('/sign-in');
  await page.getByLabel('Email').fill(ADMIN.email);
  await page.getByLabel('Password', { exact: true }).fill('not the password');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  const alert = page.getByRole('alert');
  await expect(alert).toBeFocused();
  await expect(alert).toContainText("That email and password don't match. Check both and try again");
  await expect(page.getByLabel('Email')).toHaveValue(ADMIN.email);
});

test('an account that is unknown is refused in the same words', async ({ page }) => {
  const words: string[] = [];
  for (const email of [ADMIN.email, 'nobody@example.com']) {
    await page.goto('/sign-in');
    await page.getByLabel('Email').fill(email);
    await page.getByLabel('Password', { exact: true }).fill('not the password');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    words.push(await page.getByRole('alert').innerText());
  }
  expect(words[0]).toBe(words[1]);
});

test.describe('after ten wrong passwords', () => {
  test.use({ clockMoves: true, serverEnv: { LATCHKEY_TRUSTED_PROXIES: '127.0.0.1' } });

  test('the wait is counted down; the owner gets in from elsewhere meanwhile, and here after it', async ({
    page,
    server,
    moveClock,
  }) => {
    await page.clock.install();
    await page.goto('/sign-in');
    await page.getByLabel('Email').fill(ADMIN.email);
    await page.getByLabel('Password', { exact: true }).fill('not the password');
    const button = page.getByRole('button', { name: 'Sign in', exact: true });
    const alert = page.getByRole('alert');
    for (let tries = 1; tries <= 10; tries += 1) {
      const answer = page.waitForResponse(/signIn\.password/);
      await button.click();
      expect((await answer).status()).toBe(401);
      await expect(alert).toContainText("don't match");
    }

    await button.click();
    await expect(alert).toContainText(/Too many tries\. You can try again at \d\d:\d\d[.,]/);
    await expect(alert).toBeFocused();
    await expect(button).toBeDisabled();
    await expect(alert).toContainText(/(?:1:00|0:5\d)$/);
    await page.clock.fastForward(30 * SECOND_MS);
    await expect(alert).toContainText(/0:(?:30|2\d)$/);

    const fromElsewhere = { 'x-forwarded-for': '192.0.2.7' };
    expect((await signInByRest(server, ADMIN, fromElsewhere)).status).toBe(200);
    expect((await signInByRest(server, ADMIN)).status).toBe(429);

    await moveClock(MINUTE_MS);
    await page.clock.fastForward(30 * SECOND_MS);
    await expect(page.getByText('You can try again now.')).toBeVisible();
    await page.getByLabel('Password', { exact: true }).fill(ADMIN.password);
    await button.click();
    await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible();
  });
});

test('whoever has all pages of the console beside them still sees how to sign out', async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 720 });
  await signIn(page, ADMIN);
  await expect(page.getByRole('button', { name: 'Sign out' })).toBeInViewport({ ratio: 1 });
  const lastPlace = page.getByRole('navigation', { name: 'Pages' }).getByRole('link').last();
  await lastPlace.focus();
  await expect(lastPlace).toBeInViewport({ ratio: 0.9 });
});
