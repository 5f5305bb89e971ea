import type { ServerProcess } from '@latchkey/testkit/server-process';
import type { Page } from '@playwright/test';

import type { Rest } from './rest.ts';

export type Tourist = {
  page: Page;
  server: ServerProcess;
  admin: Rest;
  /** Called in each state of each page, for whoever takes the tour to look at it. */
  stop: (state: string) => Promise<void>;
};

export type Tour = (tourist: Tourist) => Promise<void>;
