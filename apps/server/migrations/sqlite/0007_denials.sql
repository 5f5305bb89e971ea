CREATE TABLE `denial_head` (
	`id` integer PRIMARY KEY NOT NULL,
	`number` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `denials` (
	`number` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`at_ms` integer NOT NULL,
	`code` text NOT NULL,
	`procedure` text NOT NULL,
	`missing` text NOT NULL,
	`would_be_enough` text NOT NULL,
	`account_kind` text NOT NULL,
	`account_id` text NOT NULL,
	`account_name` text NOT NULL,
	`credential_kind` text NOT NULL,
	`credential_id` text NOT NULL,
	`api_key_id` text,
	`address` text,
	`user_agent` text NOT NULL,
	`request_id` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `denials_by_id` ON `denials` (`id`);--> statement-breakpoint
CREATE INDEX `denials_by_account` ON `denials` (`account_id`,`number`);--> statement-breakpoint
CREATE INDEX `denials_by_api_key` ON `denials` (`api_key_id`,`number`);--> statement-breakpoint
CREATE INDEX `denials_by_missing` ON `denials` (`missing`,`number`);