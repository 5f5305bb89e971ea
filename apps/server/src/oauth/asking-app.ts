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

/** How an app that nobody made here is told from one that somebody did. */
const DOCUMENT = /^https:\/\//i;

/** `describedAs` is what an app's own document calls it; without it, no such app is found. */
export async function appOfClientId(reader: Reader, clientId: string, describedAs?: string): Promise<AskingApp | null> {
  if (DOCUMENT.test(clientId)) return describedAs === undefined ? null : describedApp(clientId, describedAs);
  const parsed = appId.safeParse(clientId);
  const app = parsed.success ? await findApp(reader, parsed.data) : null;
  if (app === null || app.disabledAtMs !== null) return null;
  return { id: app.id, name: app.name, allowedScopes: app.scopes, documentHost: null };
}

/** Its name is its own word: nothing that turns or hides the words around it, and no more of it than fits. */
function describedApp(id: string, describedAs: string): AskingApp {
  const documentHost = new URL(id).host;
  const name = describedAs
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '')
    .trim()
    .slice(0, 100);
  return { id, name: name || documentHost, allowedScopes: null, documentHost };
}
