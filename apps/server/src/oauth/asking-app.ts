import { appId } from '@latchkey/schemas';

import { findApp } from '../apps/index.ts';
import type { Reader } from '../storage/index.ts';

/** An app as the person whom it asks is shown it. */
export type AskingApp = {
  /** The `client_id`. */
  id: string;
  name: string;
  /** Which scopes it may ask for; null: any. */
  allowedScopes: readonly string[] | null;
  /** The host of the document that describes it; null for apps that were made here. */
  documentHost: string | null;
};

export async function appOfClientId(reader: Reader, clientId: string): Promise<AskingApp | null> {
  const parsed = appId.safeParse(clientId);
  const app = parsed.success ? await findApp(reader, parsed.data) : null;
  if (app === null || app.disabledAtMs !== null) return null;
  return { id: app.id, name: app.name, allowedScopes: app.scopes, documentHost: null };
}
