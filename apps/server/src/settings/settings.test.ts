import { onEveryDatabase } from '@latchkey/testkit/databases';
import { expect, it } from 'vitest';

import { SERVER } from '../actors/index.ts';
import { createAudit } from '../audit/index.ts';
import { createSettings } from './index.ts';

const isVerified = async () => false;

onEveryDatabase((_name, open) => {
  it('keeps what an admin changes, records the change once, and begins with sign-up closed', async () => {
    const storage = await open();
    const audit = createAudit({ storage, clock: () => 1 });
    const settings = createSettings({ storage, audit, isVerified });
    const { forwardAuthOrigins: none, ...switches } = await settings.get();
    expect(none).toEqual([]);
    expect(switches).toEqual({ signUpOpen: false, verifiedOnly: false, describedAppsAllowed: true });
    const forwardAuthOrigins = ['https://notes.example.com'];
    const changed = { signUpOpen: true, verifiedOnly: false, describedAppsAllowed: false, forwardAuthOrigins };
    expect(await settings.update(SERVER, changed)).toEqual(changed);
    expect(await settings.update(SERVER, { signUpOpen: true, forwardAuthOrigins: [...forwardAuthOrigins] })).toEqual(
      changed,
    );
    expect(await settings.update(SERVER, {})).toEqual(changed);
    expect(await createSettings({ storage, audit, isVerified }).get()).toEqual(changed);
    const { items } = await audit.list({ limit: 10 });
    expect(items.map(({ act, details }) => ({ act, details }))).toEqual([
      {
        act: 'settings.changed',
        details: {
          signUpOpen: { from: false, to: true },
          describedAppsAllowed: { from: true, to: false },
          forwardAuthOrigins: { from: [], to: forwardAuthOrigins },
        },
      },
    ]);
  });
});
