const STORED_AS = 'latchkey-audit-seen';

/** That the log was looked at once, for the first steps. It matters to nobody but this browser's reader. */
export function markAuditSeen(): void {
  localStorage.setItem(STORED_AS, 'yes');
}

export const wasAuditSeen = (): boolean => localStorage.getItem(STORED_AS) === 'yes';
