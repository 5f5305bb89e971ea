CREATE TABLE `known_devices` (
	`account_id` text NOT NULL,
	`token_digest` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`last_sign_in_at_ms` integer NOT NULL,
	`user_agent` text NOT NULL,
	`network` text NOT NULL,
	PRIMARY KEY(`account_id`, `token_digest`),
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `known_devices_by_token` ON `known_devices` (`token_digest`);--> statement-breakpoint
ALTER TABLE `rate_limits` ADD `wait_until_ms` integer;--> statement-breakpoint
ALTER TABLE `rate_limits` ADD `wait_noted` integer;