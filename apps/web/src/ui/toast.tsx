import { useEffect, useState, useSyncExternalStore, type ReactNode } from 'react';
import { createPortal } from 'react-dom';

import { IconButton } from './button.tsx';
import { Icon } from './icons.tsx';

type Toast = { id: number; words: string; failed: boolean };

const SHOWN_MS = { told: 6000, failed: 15_000 };
const AT_ONCE = 3;

let toasts: readonly Toast[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function show(next: readonly Toast[]): void {
  toasts = next.slice(-AT_ONCE);
  listeners.forEach((listener) => listener());
}

function add(words: string, failed: boolean): void {
  lastId += 1;
  // The same words again are shown anew, not twice.
  show([...toasts.filter((each) => each.words !== words), { id: lastId, words, failed }]);
}

const dismiss = (id: number) => show(toasts.filter((each) => each.id !== id));

/** Says that something was done. For failures in a form use the form's own alert, which stays. */
export function tell(words: string): void {
  add(words, false);
}

/** Says that something failed, where no form is open to say it. */
export function tellFailure(words: string): void {
  add(words, true);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** At the end of the body, above the dialogs: what was done in one is said over it. Both regions are always there, since a screen reader hears changes of a region alone. */
export function Toasts(): ReactNode {
  const shown = useSyncExternalStore(subscribe, () => toasts);
  const [told, failed] = [false, true].map((wanted) => shown.filter((each) => each.failed === wanted));
  return createPortal(
    <div className="toasts">
      <div role="status">
        {told?.map((toast) => (
          <ToastBox key={toast.id} toast={toast} />
        ))}
      </div>
      <div role="alert">
        {failed?.map((toast) => (
          <ToastBox key={toast.id} toast={toast} />
        ))}
      </div>
    </div>,
    document.body,
  );
}

/** Goes by itself, but not while it is read with the pointer or the keyboard (WCAG 2.2.1). */
function ToastBox({ toast }: { toast: Toast }): ReactNode {
  const { id, words, failed } = toast;
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(() => dismiss(id), failed ? SHOWN_MS.failed : SHOWN_MS.told);
    return () => clearTimeout(timer);
  }, [id, failed, held]);
  return (
    <div
      className="toast"
      data-failed={failed || undefined}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <p>{words}</p>
      <IconButton label="Dismiss" onClick={() => dismiss(id)}>
        <Icon name="close" size={16} />
      </IconButton>
    </div>
  );
}
