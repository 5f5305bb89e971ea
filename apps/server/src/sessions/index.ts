export { endSession, sessionsRouter } from './router.ts';
export { markUsed as markSessionsUsed } from './rows.ts';
export { createSessions, isOver, MOVED, SESSION_LIFETIME_MS, SESSION_TOKEN_TYPE, type Sessions } from './service.ts';
