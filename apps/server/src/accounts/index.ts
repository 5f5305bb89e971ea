export { findUsableLink, issueLink, requireLink } from './links.ts';
export { addAccount, createPeople, personRow, targetOf, type People } from './people.ts';
export { renameMe, serviceAccountsRouter, userSessionsRouter, usersRouter } from './router.ts';
export {
  findAccount,
  findAccountByEmail,
  hasAnyPerson,
  lockAccount,
  prepareHasAnyPerson,
  updateAccount,
  type AccountWithRoles,
} from './rows.ts';
export { createServiceAccounts, type ServiceAccounts } from './service-accounts.ts';
