import type { ServerProcess } from '@latchkey/testkit/server-process';
import type { Page, Route } from '@playwright/test';

import { accessTour } from './access-tour.ts';
import { alertsTour } from './alerts-tour.ts';
import { appsTour } from './apps-tour.ts';
import { fillServer, GRACE } from './busy-server.ts';
import { closingTour } from './closing-tour.ts';
import { docs } from './docs-tour.ts';
import { factorsTour } from './factors.ts';
import { ADMIN, expect, signIn } from './fixtures.ts';
import { chooseForKey } from './key-dialog.ts';
import { mailTour } from './mail-tour.ts';
import { passkeysTour } from './passkeys.ts';
import { signInByRest, type Rest } from './rest.ts';
import { requiredFactorTour } from './required-factor.ts';
import { resourcesTour, rolesTour } from './roles-tour.ts';
import type { Tour, Tourist } from './tourist.ts';
import { usageTour } from './usage-tour.ts';

/** What a server without accounts shows. */
export const setUpTour = async ({ page, server, stop }: Omit<Tourist, 'admin'>): Promise<void> => {
  await page.goto('/sign-in');
  await expect(page.getByText('This server has no admin yet.')).toBeVisible();
  await stop('sign-in-before-set-up');
  await page.goto('/setup#abc');
  await expect(page.getByRole('heading', { name: 'Open a new set-up link' })).toBeVisible();
  await stop('set-up-link-over');
  await page.goto(await server.setupLink());
  await expect(page.getByRole('heading', { name: 'Create the first admin' })).toBeVisible();
  await stop('set-up');
  await page.getByRole('button', { name: 'Create admin' }).click();
  await expect(page.getByLabel('Name')).toBeFocused();
  await stop('set-up-errors');
};

const signedOut: Tour = async ({ page, server, admin, stop }) => {
  await page.goto('/setup');
  await expect(page.getByRole('heading', { name: 'Set-up is done' })).toBeVisible();
  await stop('set-up-done');
  await lookAtSignIn(page, server, stop);
  await page.goto('/sign-up');
  await expect(page.getByRole('heading', { name: 'Sign-up is closed' })).toBeVisible();
  await stop('sign-up-closed');
  await admin('POST', '/trpc/settings.update', { signUpOpen: true });
  await page.goto('/sign-in');
  await expect(page.getByRole('link', { name: 'Create an account' })).toBeVisible();
  await lookAtInvitation(page, admin, stop);
};

async function lookAtSignIn(page: Page, server: ServerProcess, stop: Tourist['stop']): Promise<void> {
  const button = page.getByRole('button', { name: 'Sign in', exact: true });
  await page.goto('/sign-in');
  await stop('sign-in');
  await button.click();
  await expect(page.getByLabel('Email')).toBeFocused();
  await stop('sign-in-empty');
  await page.getByLabel('Email').fill('katherine.johnson@example.com');
  await page.getByLabel('Password', { exact: true }).fill('not the password');
  await button.click();
  await expect(page.getByRole('alert')).toBeFocused();
  await stop('sign-in-wrong');
  const wrong = { email: 'katherine.johnson@example.com', password: 'not the password' };
  for (let tries = 0; tries < 10; tries += 1) await signInByRest(server, wrong);
  await button.click();
  await expect(page.getByText('Too many tries.')).toBeVisible();
  await stop('sign-in-wait');
}

async function lookAtInvitation(page: Page, admin: Rest, stop: Tourist['stop']): Promise<void> {
  const { body } = await admin<{ invitationLink: string }>('POST', '/users', { email: 'dorothy@example.com' });
  await page.goto(body.invitationLink);
  await expect(page.getByText('You will sign in as dorothy@example.com.')).toBeVisible();
  await stop('invitation');
  await page.getByRole('button', { name: 'Accept invitation' }).click();
  await expect(page.getByLabel('Name')).toBeFocused();
  await stop('invitation-errors');
  await page.goto('/invitation');
  await expect(page.getByRole('heading', { name: 'This invitation is over' })).toBeVisible();
  await stop('invitation-over');
}

const newServer: Tour = async ({ page, stop }) => {
  await signIn(page, ADMIN);
  await expect(page.getByRole('heading', { name: 'First steps' })).toBeVisible();
  await stop('overview-first-steps');
  await page.goto('/account/api-keys');
  await expect(page.getByRole('heading', { name: 'No API keys yet' })).toBeVisible();
  await stop('my-keys-empty');
  await page.goto('/console/service-accounts');
  await expect(page.getByRole('heading', { name: 'No service accounts yet' })).toBeVisible();
  await stop('service-accounts-empty');
  await page.goto('/account/nowhere');
  await expect(page.getByRole('heading', { name: 'There is no page here' })).toBeVisible();
  await stop('no-such-page');
};

const account: Tour = async ({ page, server, admin, stop }) => {
  await fillServer(server, admin);
  await signIn(page, ADMIN);
  await page.goto('/account/profile');
  await expect(page.getByRole('heading', { name: 'Your account' })).toBeVisible();
  await stop('profile');
  await page.getByLabel('Name').fill('');
  await page.getByRole('button', { name: 'Save name' }).click();
  await expect(page.getByLabel('Name')).toBeFocused();
  await stop('profile-error');

  await page.goto('/account/security');
  await expect(page.getByRole('button', { name: 'Change password' })).toBeVisible();
  await stop('security');
  await page.getByLabel('Current password').fill('not the password');
  await page.getByLabel('New password').fill('short');
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(page.getByLabel('New password')).toBeFocused();
  await stop('security-error');

  await page.goto('/account/sessions');
  await expect(page.getByRole('table', { name: 'Your sessions' })).toBeVisible();
  await stop('sessions');
  await page.getByRole('button', { name: 'Sign out everywhere', exact: true }).click();
  await expect(page.getByRole('alertdialog')).toBeVisible();
  await stop('sessions-question');

  await page.goto('/account/api-keys');
  await expect(page.getByRole('row', { name: 'dashboard' })).toBeVisible();
  await stop('my-keys');
  await page.goto('/account/api-keys?q=nothing+like+it');
  await expect(page.getByRole('heading', { name: 'Nothing matches' })).toBeVisible();
  await stop('my-keys-nothing-matches');
};

const keyDialogs: Tour = async ({ page, server, admin, stop }) => {
  await fillServer(server, admin);
  await signIn(page, ADMIN);
  await page.goto('/console/api-keys');
  await expect(page.getByRole('row', { name: 'billing-worker' })).toBeVisible();
  await stop('keys');
  await page.getByRole('button', { name: 'Actions for billing-worker' }).click();
  await expect(page.getByRole('menuitem', { name: 'Revoke key' })).toBeVisible();
  await stop('keys-menu');
  await page.keyboard.press('Escape');

  await chooseForKey(page, 'billing-worker', 'Rename key');
  await expect(page.getByRole('dialog', { name: 'Rename key' })).toBeVisible();
  await stop('key-rename');
  await page.keyboard.press('Escape');
  await chooseForKey(page, 'billing-worker', 'Rotate key');
  await expect(page.getByRole('dialog', { name: 'Rotate billing-worker' })).toBeVisible();
  await stop('key-rotate');
  await page.keyboard.press('Escape');
  await chooseForKey(page, 'billing-worker', 'Revoke key');
  await expect(page.getByRole('alertdialog')).toBeVisible();
  await stop('key-revoke');
  await page.keyboard.press('Escape');
  await lookAtCreate(page, stop);
};

async function lookAtCreate(page: Page, stop: Tourist['stop']): Promise<void> {
  await page.getByRole('button', { name: 'Create API key' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByLabel('Name')).toBeFocused();
  await stop('key-create');
  await dialog.getByRole('radio', { name: 'Choose' }).check();
  await dialog.getByRole('radio', { name: 'A date' }).check();
  await dialog.getByText('Limits', { exact: true }).click();
  await dialog.getByRole('radio', { name: 'A service account' }).check();
  await dialog.getByRole('button', { name: 'Create key' }).click();
  await expect(dialog.getByLabel('Name')).toBeFocused();
  await stop('key-create-errors');
  await dialog.getByRole('combobox', { name: 'Service account' }).fill('e');
  await expect(page.getByRole('option', { name: 'nightly-export' })).toBeVisible();
  await stop('key-create-owner');
  await page.getByRole('option', { name: 'nightly-export' }).click();
  await dialog.getByLabel('Name').fill('metrics-scraper');
  await dialog.getByRole('radio', { name: '90 days' }).check();
  await dialog.getByRole('radio', { name: 'Read only' }).check();
  await dialog.getByRole('button', { name: 'Create key' }).click();
  await expect(page.getByRole('dialog', { name: 'Copy your key now' })).toBeVisible();
  await stop('key-secret');
  await page.getByRole('tab', { name: 'curl' }).click();
  await expect(page.getByRole('tabpanel', { name: 'curl' })).toBeVisible();
  await stop('key-secret-curl');
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(dialog.getByRole('alert')).toBeVisible();
  await stop('key-secret-not-copied');
  await dialog.getByRole('button', { name: 'Leave' }).click();
  await expect(dialog).toBeHidden();
}

const people: Tour = async ({ page, server, admin, stop }) => {
  await fillServer(server, admin);
  await signIn(page, ADMIN);
  await page.goto('/console');
  await expect(page.getByRole('list', { name: 'Newest entries' })).toBeVisible();
  await expect(page.getByRole('list', { name: 'Keys that expire soon' })).toBeVisible();
  await stop('overview');
  await page.goto('/console/people');
  await expect(page.getByRole('row', { name: 'Grace Hopper' })).toBeVisible();
  await stop('people');
  await page.goto('/console/people?q=nothing+like+it');
  await expect(page.getByRole('heading', { name: 'Nobody matches' })).toBeVisible();
  await stop('people-nothing-matches');
  await lookAtInvite(page, stop);
  await lookAtPerson(page, stop);
  await page.goto('/console/people/acc_0000000000000000000000');
  await expect(page.getByRole('heading', { name: 'There is no such person' })).toBeVisible();
  await stop('person-unknown');
};

async function lookAtInvite(page: Page, stop: Tourist['stop']): Promise<void> {
  await page.goto('/console/people');
  await page.getByRole('button', { name: 'Invite person' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('checkbox', { name: 'support' })).toBeVisible();
  await stop('invite');
  await dialog.getByLabel('Email').fill(GRACE.email);
  await dialog.getByRole('button', { name: 'Invite person' }).click();
  await expect(dialog.getByLabel('Email')).toHaveAccessibleDescription(/has that address already/);
  await stop('invite-error');
  await dialog.getByLabel('Email').fill('mary.jackson@example.com');
  await dialog.getByRole('button', { name: 'Invite person' }).click();
  await expect(dialog.getByRole('button', { name: 'Copy link' })).toBeVisible();
  await stop('invite-link');
}

async function lookAtPerson(page: Page, stop: Tourist['stop']): Promise<void> {
  await page.goto('/console/people?q=hubert');
  await page.getByRole('link', { name: 'Hubert' }).click();
  await expect(page.getByRole('button', { name: 'Make new invitation' })).toBeVisible();
  await stop('person-long-name');
  await page.goto('/console/people?q=grace');
  await page.getByRole('link', { name: 'Grace Hopper' }).click();
  await expect(page.getByRole('table', { name: 'Sessions' })).toBeVisible();
  await expect(page.getByRole('list', { name: 'Recent activity' })).toBeVisible();
  await stop('person');
  await page.getByRole('button', { name: 'Change roles' }).click();
  await expect(page.getByRole('checkbox', { name: 'support' })).toBeVisible();
  await stop('person-roles');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Disable person' }).click();
  await expect(page.getByRole('alertdialog')).toBeVisible();
  await stop('person-disable');
}

const restOfConsole: Tour = async ({ page, server, admin, stop }) => {
  await fillServer(server, admin);
  await signIn(page, ADMIN);
  await page.goto('/console/service-accounts');
  await expect(page.getByRole('row', { name: 'nightly-export' })).toBeVisible();
  await stop('service-accounts');
  await page.getByRole('button', { name: 'Create service account' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Create service account' }).click();
  await expect(page.getByRole('dialog').getByLabel('Name')).toBeFocused();
  await stop('service-account-create-error');
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'nightly-export' }).click();
  await expect(page.getByRole('table', { name: 'API keys' })).toBeVisible();
  await stop('service-account');

  await page.goto('/console/audit');
  await expect(page.getByRole('table', { name: 'Audit log' })).toBeVisible();
  await stop('audit');
  await page
    .getByRole('button', { name: 'Changed roles' })
    .or(page.getByRole('button', { name: 'Made a role' }))
    .first()
    .click();
  await expect(page.getByRole('heading', { name: 'Place in the chain' })).toBeVisible();
  await stop('audit-entry');
  await page.keyboard.press('Escape');
  await page.route('/trpc/**', (route) => answerBroken(route, 'audit.list'));
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('menuitem', { name: 'CSV' }).click();
  await expect(page.getByRole('dialog').getByRole('alert')).toBeVisible();
  await stop('audit-export-failed');
  await page.unrouteAll();
  await page.goto('/console/audit?until=2020-01-01');
  await expect(page.getByRole('heading', { name: 'Nothing matches' })).toBeVisible();
  await stop('audit-nothing-matches');

  await page.goto('/console/settings');
  await expect(page.getByRole('heading', { name: 'Public address' })).toBeVisible();
  await stop('settings');
};

const shell: Tour = async ({ page, server, admin, stop }) => {
  await fillServer(server, admin);
  await signIn(page, GRACE);
  await page.goto('/console/people');
  await expect(page.getByRole('row', { name: 'Grace Hopper' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Invite person' })).toHaveAccessibleDescription(/needs users:write/);
  await stop('off-and-why');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await stop('shortcuts');
  await page.keyboard.press('Escape');

  await page.context().setOffline(true);
  await expect(page.getByText("You're offline.")).toBeVisible();
  await stop('offline');
  await page.context().setOffline(false);

  await page.route('/trpc/**', (route) => answerBroken(route, 'users.list'));
  await page.goto('/console/people');
  await expect(page.getByRole('heading', { name: "The people can't be shown" })).toBeVisible();
  await stop('error');
  await page.route('/trpc/**', (route) => answerBroken(route, 'me.get'));
  await page.reload();
  await expect(page.getByRole('heading', { name: "Latchkey can't be shown" })).toBeVisible();
  await stop('error-everywhere');
  await page.unrouteAll();
  await page.route('/trpc/**', (route) =>
    route.request().url().includes('users.list') ? undefined : route.continue(),
  );
  await page.reload();
  await expect(page.getByRole('status', { name: 'Loading' }).first()).toBeVisible();
  await stop('loading');
  await page.unrouteAll({ behavior: 'ignoreErrors' });
};

const PROBLEM = { code: 'internal', detail: '', requestId: '0b9c1f8e-6f1a-4c2b-9a55-2f6f0d5a7c11' };
const BROKEN = { error: { message: '', code: -32_603, data: { problem: PROBLEM } } };

/** As the server would answer, but for one procedure, which fails. */
async function answerBroken(route: Route, procedure: string): Promise<void> {
  const response = await route.fetch();
  const names = new URL(route.request().url()).pathname.replace('/trpc/', '').split(',');
  const answers = (await response.json()) as unknown[];
  await route.fulfill({ json: answers.map((answer, place) => (names[place] === procedure ? BROKEN : answer)) });
}

/** What somebody sees whose role opens little. */
const member: Tour = async ({ page, admin, stop }) => {
  await admin('POST', '/users', { ...GRACE, name: 'Grace Hopper' });
  await signIn(page, GRACE);
  await page.goto('/console/audit');
  await expect(page.getByRole('heading', { name: "Your role doesn't open this page" })).toBeVisible();
  await stop('no-access');
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole('button', { name: 'Open the menu' }).click();
  await expect(page.getByRole('dialog', { name: 'Menu' })).toBeVisible();
  await stop('menu-of-a-phone');
};

export const TOURS: Record<string, Tour> = {
  'the signed-out pages': signedOut,
  'what mailed links open': mailTour,
  'the alerts': alertsTour,
  'a new server': newServer,
  'the account': account,
  'closing an account': closingTour,
  'second factors': factorsTour,
  passkeys: passkeysTour,
  'a factor that a role requires': requiredFactorTour,
  'apps and what they ask': appsTour,
  'keys and their dialogs': keyDialogs,
  'a key’s page': usageTour,
  'overview and people': people,
  'the rest of the console': restOfConsole,
  roles: rolesTour,
  resources: resourcesTour,
  'access and denials': accessTour,
  'what surrounds the pages': shell,
  "a member's view": member,
  'the documentation': docs,
};
