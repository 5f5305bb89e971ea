import { lazy, Suspense, useState, type ComponentType, type ReactNode } from 'react';

/** A dialog that is loaded when it is first opened: pages are lighter without it. */
export function lazyDialog<Props extends { open: boolean }>(
  load: () => Promise<ComponentType<Props>>,
): (props: Props) => ReactNode {
  const Dialog = lazy(async () => ({ default: await load() }));
  return function LazyDialog(props: Props): ReactNode {
    const [wasOpen, setWasOpen] = useState(false);
    if (props.open && !wasOpen) setWasOpen(true);
    return (
      wasOpen && (
        <Suspense fallback={null}>
          <Dialog {...props} />
        </Suspense>
      )
    );
  };
}
