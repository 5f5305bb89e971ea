import { setTimeout as wait } from 'node:timers/promises';

import { expect, it, vi } from 'vitest';

import { createLooks } from './index.ts';

it('looks by itself once it was started, until it is closed', async () => {
  const look = vi.fn<() => Promise<void>>(async () => undefined);
  const looks = createLooks({ everyMs: 5, look, onFailure: (error) => expect.unreachable(String(error)) });
  await wait(50);
  expect(look).not.toHaveBeenCalled();
  looks.start();
  await vi.waitFor(() => expect(look.mock.calls.length).toBeGreaterThan(2));
  await looks.close();
  const looked = look.mock.calls.length;
  await wait(50);
  expect(look).toHaveBeenCalledTimes(looked);
});
