import type { Confirmation } from '@latchkey/schemas';

/** One way of confirming that it's still the same person. */
export type WayProps = {
  send: (given: Confirmation) => Promise<void>;
  onLeave: () => void;
  /** Where there is another way. */
  onOtherWay: (() => void) | undefined;
};
