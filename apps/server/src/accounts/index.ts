export { emailRouter } from './address-router.ts';
export { createLinkMail, type LinkMail } from './link-mail.ts';
export {
  findUsableLink,
  issueLink,
  requireLink,
  requireLinkedAccount,
  voidMailedLinks,
  type OneTimeLink,
} from './links.ts';
export {
  accountExistsMessage,
  closedMessage,
  invitationMessage,
  lockdownMessage,
  resetMessage,
  signUpMessage,
} from './messages.ts';
export { createOwnAddress, isVerified, type OwnAddress } from './own-address.ts';
export { addAccount, createPeople, keepAnAdmin, personRow, requireWithin, targetOf, type People } from './people.ts';
export { renameMe, serviceAccountsRouter, userSessionsRouter, usersRouter } from './router.ts';
export {
  findAccount,
  findAccountByEmail,
  hasAnyPerson,
  listAdminEmails,
  lockAccount,
  updateAccount,
  type AccountWithRoles,
} from './rows.ts';
export { createServiceAccounts, type ServiceAccounts } from './service-accounts.ts';
