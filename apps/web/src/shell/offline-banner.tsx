import { useSyncExternalStore, type ReactNode } from 'react';

import { Icon } from '../ui/icons.tsx';

function subscribe(listener: () => void): () => void {
  addEventListener('online', listener);
  addEventListener('offline', listener);
  return () => {
    removeEventListener('online', listener);
    removeEventListener('offline', listener);
  };
}

export function OfflineBanner(): ReactNode {
  const online = useSyncExternalStore(subscribe, () => navigator.onLine);
  return (
    <div role="status">
      {!online && (
        <p className="offline">
          <Icon name="offline" />
          You're offline. What you typed is kept; send it when you're back.
        </p>
      )}
    </div>
  );
}
