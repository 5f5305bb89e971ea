CREATE TABLE `passkeys` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`credential_id` text NOT NULL,
	`public_key` text NOT NULL,
	`counter` integer NOT NULL,
	`name` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`last_used_at_ms` integer,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `passkeys_by_credential` ON `passkeys` (`credential_id`);--> statement-breakpoint
CREATE INDEX `passkeys_by_account` ON `passkeys` (`account_id`,`created_at_ms`);--> statement-breakpoint
ALTER TABLE `accounts` ADD `password_changed_at_ms` integer;--> statement-breakpoint
ALTER TABLE `known_devices` ADD `trusted_until_ms` integer;--> statement-breakpoint
UPDATE accounts SET password_changed_at_ms = coalesce((SELECT max(at_ms) FROM audit_entries WHERE target_id = accounts.id AND act IN ('account.password_changed', 'account.password_reset', 'account.invitation_accepted')), created_at_ms) WHERE password_hash IS NOT NULL;
