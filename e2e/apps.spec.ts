import { playDescribedApp, TRUSTING } from './described-app.ts';
import { ADMIN, expect, signIn, test } from './fixtures.ts';
import { authorization, makeApp, playApp, postForm, userinfo, type Client, type PlayedApp } from './relying-app.ts';

test.use({ serverEnv: TRUSTING });

let app: PlayedApp;
test.beforeEach(async () => {
  app = await playApp();
});
test.afterEach(() => app.close());

test('an admin makes an app, a person allows it what it asks, and takes that back', async ({ page, server }) => {
  await signIn(page, ADMIN);
  await page.goto('/console/apps');
  await page.getByRole('button', { name: 'Create app' }).click();
  const creating = page.getByRole('dialog', { name: 'Create an app' });
  await creating.getByLabel('Name').fill('Notes app');
  await creating.getByLabel('Redirect addresses').fill('http://app.example.com/callback');
  await expect(creating.getByText('http://app.example.com/callback: ')).toBeVisible();
  await creating.getByLabel('Redirect addresses').fill(app.callback);
  await creating.getByRole('button', { name: 'Create app' }).click();
  const made = page.getByRole('dialog', { name: 'Tell your app' });
  await made.getByRole('button', { name: 'Copy', exact: true }).click();
  await expect(made.getByText('Copied to the clipboard.')).toBeAttached();
  const client = clientOf(await page.evaluate(() => navigator.clipboard.readText()));
  await made.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByRole('table', { name: 'Apps' })).toContainText('Notes app');

  const { href, verifier } = authorization(server, client, app.callback, 'openid email offline_access');
  await page.goto(href);
  await expect(page.getByRole('heading', { name: 'Allow Notes app?' })).toBeVisible();
  await expect(page.getByText(`You go on to ${new URL(app.callback).host}.`)).toBeVisible();
  await page.getByRole('button', { name: 'Allow' }).click();
  await page.waitForURL(`${app.callback}?**`);
  const back = new URL(page.url()).searchParams;
  expect([back.get('state'), back.get('iss')]).toEqual(['here', server.url]);
  const tokens = await postForm(server, '/oauth/token', client, {
    grant_type: 'authorization_code',
    code: back.get('code') ?? '',
    redirect_uri: app.callback,
    code_verifier: verifier,
  });
  expect(await userinfo(server, tokens.access_token)).toMatchObject({ status: 200, email: ADMIN.email });

  await page.goto('/account/apps');
  await page.getByRole('button', { name: 'Revoke access: Notes app' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke access' }).click();
  await expect(page.getByRole('heading', { name: 'No connected apps' })).toBeVisible();
  expect((await userinfo(server, tokens.access_token)).status).toBe(401);
  const renewal = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' };
  expect(await postForm(server, '/oauth/token', client, renewal)).toMatchObject({ error: 'invalid_grant' });
});

test('an admin opens an app and edits it by the keyboard; an address that can’t be meant is marked', async ({
  page,
  server,
  admin,
}) => {
  const client = await makeApp(admin, { redirectUris: [app.callback] });
  const { keyboard } = page;
  await signIn(page, ADMIN);
  await page.goto('/console/apps');
  await expect(page.getByRole('link', { name: 'Notes app' })).toBeVisible();
  await keyboard.press('j');
  await expect(page.getByRole('link', { name: 'Notes app' })).toBeFocused();
  await keyboard.press('Enter');
  await expect(page).toHaveURL(`${server.url}/console/apps/${client.clientId}`);
  await expect(page.getByText(app.callback)).toBeVisible();
  await page.getByRole('button', { name: 'Copy client id' }).press('Enter');
  await expect(page.getByText('Copied to the clipboard.')).toBeAttached();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(client.clientId);

  await page.getByRole('button', { name: 'Edit app' }).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Edit Notes app' });
  await expect(dialog.getByLabel('Name')).toBeFocused();
  await keyboard.type('Notebook');
  await keyboard.press('Tab');
  const redirects = dialog.getByLabel('Redirect addresses');
  await expect(redirects).toBeFocused();
  await redirects.fill('');
  await dialog.getByLabel('Name').press('Enter');
  await expect(redirects).toBeFocused();
  await expect(redirects).toHaveAccessibleDescription(/Add at least one address that people are sent back to\.$/);
  await redirects.fill('com.example.notes:/callback');
  await dialog.getByLabel('Name').press('Enter');
  await expect(redirects).toHaveAccessibleDescription(/Only apps on a device may have a scheme of their own\.$/);
  await redirects.fill(`${app.callback}\nhttps://notes.example.com/callback`);
  await dialog.getByLabel('Addresses after sign-out').fill('https://notes.example.com/bye');
  await dialog.getByLabel('Sign-out notices').fill('https://notes.example.com/signed-out');
  await dialog.getByLabel('Permissions').fill('openid api_keys:nonsense');
  await dialog.getByLabel('Name').press('Enter');
  await expect(dialog.getByLabel('Permissions')).toHaveAccessibleDescription(
    /There is no permission api_keys:nonsense\.$/,
  );
  await dialog.getByLabel('Permissions').fill('openid api_keys:read');
  await keyboard.press('Enter');
  await expect(dialog).toBeHidden();

  await page.reload();
  await expect(page.getByRole('heading', { name: 'Notebook' })).toBeVisible();
  for (const path of ['callback', 'bye', 'signed-out'])
    await expect(page.getByText(`https://notes.example.com/${path}`)).toBeVisible();
  await expect(page.getByText('See your own API keys.')).toBeVisible();
});

test('a secret is rotated and an app is disabled on its page', async ({ page, admin }) => {
  const { clientId, clientSecret } = await makeApp(admin, { redirectUris: [app.callback] });
  await signIn(page, ADMIN);
  await page.goto(`/console/apps/${clientId}`);
  await page.getByRole('button', { name: 'Rotate secret' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Rotate secret' }).click();
  const made = page.getByRole('dialog', { name: 'Tell your app' });
  await expect(made.getByRole('button', { name: 'Copy', exact: true })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(made.getByText('Copied to the clipboard.')).toBeAttached();
  const rotated = clientOf(await page.evaluate(() => navigator.clipboard.readText()));
  expect(rotated.clientId).toBe(clientId);
  expect(rotated.clientSecret).not.toBe(clientSecret);
  await made.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByText('Ends in 24 hours').or(page.getByText('Ends tomorrow'))).toBeVisible();

  await page.getByRole('button', { name: 'Rotate secret' }).click();
  const again = page.getByRole('alertdialog');
  await expect(again).toContainText('Rotating again ends it at once.');
  await again.getByRole('button', { name: 'Cancel' }).click();

  await page.getByRole('button', { name: 'Disable app' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Disable app' }).click();
  await expect(page.getByRole('button', { name: 'Enable app' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Rotate secret' })).toHaveAccessibleDescription(
    'Enable the app first.',
  );
});

test('what an app can’t do without is asked for before it is made, and its secret isn’t left by mistake', async ({
  page,
}) => {
  await signIn(page, ADMIN);
  await page.goto('/console/apps');
  await expect(page.getByRole('heading', { name: 'No apps yet' })).toBeVisible();
  await page.keyboard.press('c');
  const creating = page.getByRole('dialog', { name: 'Create an app' });
  await creating.getByLabel('Name').fill('Night job');
  await page.keyboard.press('Enter');
  const redirects = creating.getByLabel('Redirect addresses');
  await expect(redirects).toBeFocused();
  await expect(redirects).toHaveAccessibleDescription(/Add at least one address that people are sent back to\.$/);
  await redirects.fill('nowhere');
  await creating.getByRole('radio', { name: 'Machine' }).check();
  await creating.getByLabel('Name').press('Enter');
  const permissions = creating.getByLabel('Permissions');
  await expect(permissions).toBeFocused();
  await expect(permissions).toHaveAccessibleDescription(/Add at least one permission/);
  await permissions.fill('users:read');
  await page.keyboard.press('Enter');
  const made = page.getByRole('dialog', { name: 'Tell your app' });
  await expect(made.getByRole('button', { name: 'Copy', exact: true })).toBeFocused();
  await page.keyboard.press('Escape');
  await made.getByRole('button', { name: 'Done' }).press('Enter');
  await expect(made.getByRole('button', { name: 'Copy and close' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(made).toBeHidden();
  expect(clientOf(await page.evaluate(() => navigator.clipboard.readText())).clientSecret).toMatch(/^lks_/);
  await page.getByRole('link', { name: 'Night job' }).press('Enter');
  await expect(page.getByText('See people, their roles and their sessions.')).toBeVisible();
});

function clientOf(text: string): Client {
  const [, clientId = ''] = /OIDC_CLIENT_ID=(\S+)/.exec(text) ?? [];
  const [, clientSecret = ''] = /OIDC_CLIENT_SECRET=(\S+)/.exec(text) ?? [];
  return { clientId, clientSecret };
}

test('whoever is signed out signs in on the way, and an app that is refused learns that alone', async ({
  page,
  server,
  admin,
}) => {
  const client = await makeApp(admin, { redirectUris: [app.callback] });
  await page.goto(authorization(server, client, app.callback, 'openid').href);
  await page.getByLabel('Email').fill(ADMIN.email);
  await page.getByLabel('Password', { exact: true }).fill(ADMIN.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('button', { name: 'Refuse' }).click();
  await page.waitForURL(`${app.callback}?**`);
  const back = new URL(page.url());
  expect([back.origin + back.pathname, back.searchParams.get('error'), back.searchParams.get('code')]).toEqual([
    app.callback,
    'access_denied',
    null,
  ]);
});

test('a device shows a code, and its owner connects it by the keyboard alone', async ({ page, server, admin }) => {
  const device = 'urn:ietf:params:oauth:grant-type:device_code';
  const client = await makeApp(admin, { name: 'Living-room TV', public: true, grants: [device], redirectUris: [] });
  type Begun = { user_code: string; device_code: string; verification_uri_complete: string };
  const begun = await postForm<Begun>(server, '/oauth/device', client, { scope: 'openid email' });
  const poll = () => postForm(server, '/oauth/token', client, { grant_type: device, device_code: begun.device_code });
  expect(await poll()).toMatchObject({ error: 'authorization_pending' });

  await signIn(page, ADMIN);
  await page.goto(begun.verification_uri_complete);
  await expect(page.getByLabel('Code')).toHaveValue(begun.user_code);
  await expect(page.getByLabel('Code')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Allow Living-room TV?' })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Allow' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Device connected' })).toBeVisible();
  const { access_token: token } = await poll();
  expect(await userinfo(server, token)).toMatchObject({ status: 200, email: ADMIN.email });
});

test('an app that describes itself is shown as one, until an admin refuses such apps', async ({ page, server }) => {
  const described = await playDescribedApp({ client_name: 'Code editor' });
  test.skip(described === null, 'There is no openssl to make a certificate with.');
  if (described === null) return;
  const { client, host, callback, close } = described;
  await signIn(page, ADMIN);
  const { href, verifier } = authorization(server, client, callback, 'openid api_keys:read');
  await page.goto(href);
  await expect(page.getByRole('heading', { name: 'Allow Code editor?' })).toBeVisible();
  await expect(page.getByText('Nobody here has checked this app.')).toContainText(host);
  await page.getByRole('button', { name: 'Allow' }).click();
  await page.waitForURL(`${callback}?**`);
  const tokens = await postForm(server, '/oauth/token', client, {
    grant_type: 'authorization_code',
    code: new URL(page.url()).searchParams.get('code') ?? '',
    redirect_uri: callback,
    code_verifier: verifier,
  });
  expect(typeof tokens.access_token).toBe('string');

  await page.goto('/console/settings');
  await page.getByRole('switch', { name: 'Let apps describe themselves' }).click();
  await expect(page.getByText('Apps that nobody added are refused.')).toBeVisible();
  await page.goto(href);
  await expect(page.getByText('This server doesn’t know the app that sent you here.')).toBeVisible();
  expect(new URL(page.url()).origin).toBe(server.url);
  const renewal = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' };
  expect(await postForm(server, '/oauth/token', client, renewal)).toMatchObject({ error: 'invalid_client' });
  close();
});
