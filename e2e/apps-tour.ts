import { ADMIN, expect, signIn } from './fixtures.ts';
import { playDescribedApp } from './described-app.ts';
import { authorization, makeApp, playApp, postForm } from './relying-app.ts';
import type { Tour, Tourist } from './tourist.ts';

/** Apps in the console, what they ask of people, and what these have allowed. */
export const appsTour: Tour = async (tourist) => {
  await signIn(tourist.page, ADMIN);
  await lookAtApps(tourist);
  await lookAtApp(tourist);
  await lookAtConsent(tourist);
  await lookAtDescribedApp(tourist);
  await lookAtDevices(tourist);
  await lookAtSignOut(tourist);
};

async function lookAtApps({ page, stop }: Tourist): Promise<void> {
  await page.goto('/console/apps');
  await expect(page.getByRole('heading', { name: 'No apps yet' })).toBeVisible();
  await stop('apps-empty');
  await page.getByRole('button', { name: 'Create app' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Redirect addresses').fill('app.example.com');
  await dialog.getByRole('button', { name: 'Create app' }).click();
  await expect(dialog.getByLabel('Name')).toBeFocused();
  await stop('app-create-errors');
  await dialog.getByRole('radio', { name: 'Machine' }).check();
  await stop('app-create-machine');
  await dialog.getByRole('radio', { name: 'Web app' }).check();
  await dialog.getByLabel('Name').fill('Notes app');
  await dialog.getByLabel('Redirect addresses').fill('https://app.example.com/callback');
  await dialog.getByRole('button', { name: 'Create app' }).click();
  await expect(page.getByRole('dialog', { name: 'Tell your app' })).toBeVisible();
  await stop('app-secret');
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByRole('dialog').getByRole('alert')).toBeVisible();
  await stop('app-secret-not-copied');
  await page.getByRole('button', { name: 'Leave' }).click();
  await expect(page.getByRole('table', { name: 'Apps' })).toBeVisible();
  await stop('apps');
}

async function lookAtApp({ page, admin, stop }: Tourist): Promise<void> {
  await page.getByRole('link', { name: 'Notes app' }).click();
  await expect(page.getByText('https://app.example.com/callback')).toBeVisible();
  await stop('app');
  await page.getByRole('button', { name: 'Rotate secret' }).click();
  await expect(page.getByRole('alertdialog')).toBeVisible();
  await stop('app-rotate');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Edit app' }).click();
  const dialog = page.getByRole('dialog', { name: 'Edit Notes app' });
  await expect(dialog.getByLabel('Name')).toBeFocused();
  await stop('app-edit');
  await dialog.getByLabel('Redirect addresses').fill('');
  await dialog.getByLabel('Sign-out notices').fill('app.example.com');
  await dialog.getByRole('button', { name: 'Save app' }).click();
  await expect(dialog.getByLabel('Redirect addresses')).toBeFocused();
  await stop('app-edit-errors');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Disable app' }).click();
  await expect(page.getByRole('alertdialog')).toBeVisible();
  await stop('app-disable');
  await page.keyboard.press('Escape');
  const machine = { name: 'Nightly job', grants: ['client_credentials'], scopes: ['users:read'] };
  await page.goto(`/console/apps/${(await makeApp(admin, machine)).clientId}`);
  await expect(page.getByText('See people, their roles and their sessions.')).toBeVisible();
  await stop('app-machine');
  await page.goto('/console/apps/app_0000000000000000000000');
  await expect(page.getByRole('heading', { name: 'There is no such app' })).toBeVisible();
  await stop('app-unknown');
}

async function lookAtConsent({ page, server, admin, stop }: Tourist): Promise<void> {
  const { callback, close } = await playApp();
  await page.goto('/account/apps');
  await expect(page.getByRole('heading', { name: 'No connected apps' })).toBeVisible();
  await stop('connected-apps-empty');
  const client = await makeApp(admin, { name: 'Calendar of the whole house', redirectUris: [callback] });
  await page.goto(
    authorization(server, client, callback, 'openid email api_keys:read users:write offline_access').href,
  );
  await expect(page.getByRole('heading', { name: 'Allow Calendar of the whole house?' })).toBeVisible();
  await stop('consent');
  await page.getByRole('button', { name: 'Allow' }).click();
  await page.waitForURL(`${callback}?**`);
  close();
  await page.goto('/consent/never-asked');
  await expect(page.getByRole('heading', { name: 'This request is over' })).toBeVisible();
  await stop('consent-over');
  await page.goto('/account/apps');
  await expect(page.getByRole('table', { name: 'Connected apps' })).toBeVisible();
  await stop('connected-apps');
  await page.getByRole('button', { name: /^Revoke access/ }).click();
  await expect(page.getByRole('alertdialog')).toBeVisible();
  await stop('connected-app-revoke');
}

async function lookAtDescribedApp({ page, server, stop }: Tourist): Promise<void> {
  const app = await playDescribedApp({ client_name: 'Code editor' });
  if (app === null) return;
  const { href } = authorization(server, app.client, app.callback, 'openid api_keys:read users:write');
  await page.goto(href);
  await expect(page.getByText('Nobody here has checked this app.')).toBeVisible();
  await stop('consent-described');
  app.close();
}

async function lookAtDevices({ page, server, admin, stop }: Tourist): Promise<void> {
  const grants = ['urn:ietf:params:oauth:grant-type:device_code'];
  const client = await makeApp(admin, { name: 'Living-room TV', public: true, grants, redirectUris: [] });
  const begun = await postForm<{ user_code: string }>(server, '/oauth/device', client, { scope: 'openid email' });
  await page.goto('/device');
  await expect(page.getByLabel('Code')).toBeFocused();
  await stop('device');
  await page.getByLabel('Code').fill('BCDF-GHJK');
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await stop('device-unknown');
  await page.getByLabel('Code').fill(begun.user_code);
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect(page.getByRole('heading', { name: 'Allow Living-room TV?' })).toBeVisible();
  await stop('device-question');
  await page.getByRole('button', { name: 'Allow' }).click();
  await expect(page.getByRole('heading', { name: 'Device connected' })).toBeVisible();
  await stop('device-connected');
}

async function lookAtSignOut({ page, stop }: Tourist): Promise<void> {
  await page.goto('/oauth/authorize?client_id=nobody');
  await expect(page.getByRole('heading', { name: 'The app can’t be connected' })).toBeVisible();
  await stop('app-refused');
  await page.goto('/oauth/sign-out');
  await expect(page.getByRole('heading', { name: 'Sign out?' })).toBeVisible();
  await stop('app-sign-out');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Signed out' })).toBeVisible();
  await stop('app-signed-out');
}
