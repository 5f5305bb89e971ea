import { useState } from 'react';

export type Layer<Subject> = {
  open: boolean;
  /** What the dialog is about. It stays until the last frame of closing, so that nothing changes while it fades. */
  subject: Subject | null;
  show: (subject: Subject) => void;
  close: () => void;
  /** For the dialog's `onClosed`. */
  forget: () => void;
};

/** Whether a dialog is open, and about what. */
export function useLayer<Subject>(): Layer<Subject> {
  const [open, setOpen] = useState(false);
  const [subject, setSubject] = useState<Subject | null>(null);
  const show = (next: Subject) => {
    setSubject(next);
    setOpen(true);
  };
  return { open, subject, show, close: () => setOpen(false), forget: () => setSubject(null) };
}
