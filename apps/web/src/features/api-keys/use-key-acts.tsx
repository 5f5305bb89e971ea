import type { ApiKey, ServiceAccount } from '@latchkey/schemas';
import { lazy, Suspense, useState, type ReactNode } from 'react';

import { useLayer, type Layer } from '../../ui/use-layer.ts';
import type { KeyAct } from './key-menu.tsx';

const KeyDialogs = lazy(async () => ({ default: (await import('./key-dialogs.tsx')).KeyDialogs }));

export type KeyLayer = Layer<
  { act: 'create'; name: string; owner?: ServiceAccount | undefined } | { act: KeyAct; apiKey: ApiKey }
>;

export type KeyActs = {
  /** Opens the dialog, with a name to start from, and for an owner where that is no question. */
  create: (name: string, owner?: ServiceAccount) => void;
  act: (act: KeyAct, apiKey: ApiKey) => void;
  /** The key whose new secret was shown last. */
  newId: string | null;
  /** Put it once on the page. */
  dialogs: ReactNode;
};

/** Everything that can be done with keys, for any page that shows some. */
export function useKeyActs(onClosed?: () => void): KeyActs {
  const [newId, setNewId] = useState<string | null>(null);
  const layer: KeyLayer = useLayer();
  const forget = () => {
    layer.forget();
    onClosed?.();
  };
  return {
    create: (name, owner) => layer.show({ act: 'create', name, owner }),
    act: (act, apiKey) => layer.show({ act, apiKey }),
    newId,
    dialogs: layer.subject && (
      <Suspense fallback={null}>
        <KeyDialogs layer={{ ...layer, forget }} onMade={setNewId} />
      </Suspense>
    ),
  };
}
