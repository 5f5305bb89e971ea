import { ADMIN, expect, signIn, test } from './fixtures.ts';

const GRACE = { email: 'grace@example.com', password: 'a ship in port is safe' };

test.describe('a server without a mail server', () => {
  test('says where a link is, before and after it is asked for, and never whether there is an account', async ({
    page,
  }) => {
    for (const email of [ADMIN.email, 'nobody@example.com']) {
      await page.goto('/reset');
      await expect(page.getByText('This server sends no mail yet. It makes a link')).toBeVisible();
      await page.getByLabel('Email').fill(email);
      await page.getByRole('button', { name: 'Make link' }).click();
      await expect(page.getByRole('heading', { name: 'Ask for your link' })).toBeFocused();
      await expect(page.getByRole('main')).toContainText(
        `Ask whoever runs it for the message to ${email}: it is in the outbox of the server. If there is an account`,
      );
    }
  });

  test('tells admins so in its settings, where they invite, and before an account is locked down', async ({
    page,
    admin,
  }) => {
    await admin('POST', '/users', { ...GRACE, name: 'Grace Hopper' });
    await signIn(page, ADMIN);
    await page.goto('/console/settings');
    await expect(page.getByText('This server sends no mail yet: each message is a file in outbox')).toBeVisible();
    await expect(page.getByText('They go to no webhook. To send them to one, set')).toBeVisible();

    await page.goto('/console/people');
    await page.getByRole('button', { name: 'Invite person' }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByLabel('Email')).toHaveAccessibleDescription(/sends no mail yet: the link comes next/);
    await dialog.getByLabel('Email').fill('katherine@example.com');
    await dialog.getByRole('button', { name: 'Invite person' }).click();
    await expect(dialog.getByText('This server sends no mail yet. Hand over the link yourself.')).toBeVisible();
    await expect(dialog.getByRole('button', { name: 'Copy link' })).toBeFocused();
    await page.keyboard.press('Escape');

    await page.getByRole('link', { name: 'Grace Hopper' }).click();
    await page.getByRole('button', { name: 'Lock down account' }).click();
    const question = page.getByRole('alertdialog');
    await expect(question).toContainText('the link to come back will be a file in outbox');
    await expect(question).not.toContainText(`goes to ${GRACE.email}`);
    await page.keyboard.press('Escape');

    await page.goto('/account/security');
    await page.getByRole('button', { name: 'Lock down account' }).click();
    await expect(question).toContainText('Go on only if somebody can reach it there.');
    await expect(question).not.toContainText('We mail you');
  });
});

test.describe('a server with a mail server and a webhook', () => {
  // Nobody answers there: what couldn't be sent is told as such.
  test.use({
    serverEnv: {
      SMTP_URL: 'smtp://127.0.0.1:1',
      LATCHKEY_ALERT_WEBHOOK_URL: 'https://127.0.0.1:1/alerts?token=hidden',
      LATCHKEY_ALERT_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32).toString('base64')}`,
    },
  });

  test('promises mail, and says when it could not be sent', async ({ page }) => {
    await page.goto('/reset');
    await expect(page.getByText('We mail you a link by which you choose a new one.')).toBeVisible();
    await page.getByLabel('Email').fill('nobody@example.com');
    await page.getByRole('button', { name: 'Send link' }).click();
    await expect(page.getByRole('heading', { name: 'Look into your mail' })).toBeFocused();

    await signIn(page, ADMIN);
    await page.goto('/console/settings');
    await expect(page.getByText('It goes out through the mail server that SMTP_URL names')).toBeVisible();
    await expect(page.getByText('They go to 127.0.0.1:1, at the address that')).toBeVisible();
    await page.goto('/account/security');
    await page.getByRole('button', { name: 'Lock down account' }).click();
    await expect(page.getByRole('alertdialog')).toContainText('We mail you a link to come back.');

    await page.goto('/console/people');
    await page.getByRole('button', { name: 'Invite person' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Email').fill(GRACE.email);
    await dialog.getByRole('button', { name: 'Invite person' }).click();
    await expect(dialog.getByText(`The mail to ${GRACE.email} couldn't be sent.`)).toBeVisible();
  });
});
