export { write } from './letter.ts';
export { createMail, type Mail, type MailMessage } from './mail.ts';
