import { lazyDialog } from '../../ui/lazy-dialog.tsx';

export const LazyCloseDialog = lazyDialog(async () => (await import('./close-dialog.tsx')).CloseDialog);
