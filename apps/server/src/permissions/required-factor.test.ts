import type { ProblemBody } from '@latchkey/schemas';
import { openTestServer, problemOf, type Caller, type TestServer } from '@latchkey/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';

import { DAY_MS } from '../time/index.ts';

let server: TestServer;
let admin: Caller;

async function open(): Promise<void> {
  server = await openTestServer();
  onTestFinished(() => server.close());
  admin = await server.admin();
}

const codeOf = async (call: Promise<unknown>) => (await problemOf(call)).code;

describe('requiring a second factor of a role', () => {
  it('is for who holds all that the role does, and changes nothing else of a built-in role', async () => {
    await open();
    await admin.api.roles.create.mutate({
      name: 'editor',
      description: 'x',
      permissions: ['roles:read', 'roles:write'],
    });
    const editor = await server.person('ada@example.com', ['editor']);
    const change = { secondFactorFromMs: server.clock.now() };
    expect(await codeOf(editor.api.roles.update.mutate({ name: 'admin', ...change }))).toBe('grant_exceeds_own');
    await editor.api.roles.update.mutate({ name: 'editor', ...change, secondFactorFromMs: null });
    const widened = admin.api.roles.update.mutate({ name: 'member', ...change, permissions: ['users:read'] });
    expect(await codeOf(widened)).toBe('state_conflict');
    const { body } = await admin.rest<ProblemBody>('PATCH', '/roles/member', { secondFactorFromMs: -1 });
    expect(body.code).toBe('input_invalid');
    expect((await admin.api.roles.get.query({ name: 'member' })).secondFactorFromMs).toBeNull();
  });

  it('survives resources that come and go', async () => {
    await open();
    const dueAtMs = server.clock.now() + DAY_MS;
    await admin.api.roles.update.mutate({ name: 'admin', secondFactorFromMs: dueAtMs });
    const permissions = [{ name: 'notes:read' as const, description: 'Read notes.' }];
    await admin.api.resources.create.mutate({ name: 'Notes', audience: 'https://notes.example.com', permissions });
    const role = await admin.api.roles.get.query({ name: 'admin' });
    expect(role.permissions).toContain('notes:read');
    expect(role.secondFactorFromMs).toBe(dueAtMs);
  });
});
