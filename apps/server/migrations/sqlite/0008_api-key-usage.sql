CREATE TABLE `api_key_quotas` (
	`api_key_id` text PRIMARY KEY NOT NULL,
	`period_ends_at_ms` integer NOT NULL,
	`used` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `api_key_sources` (
	`api_key_id` text NOT NULL,
	`network` text NOT NULL,
	`agent` text NOT NULL,
	`calls` integer NOT NULL,
	`first_seen_at_ms` integer NOT NULL,
	`last_seen_at_ms` integer NOT NULL,
	`previous_secret_at_ms` integer,
	PRIMARY KEY(`api_key_id`, `network`, `agent`)
);
--> statement-breakpoint
CREATE TABLE `api_key_usage` (
	`api_key_id` text NOT NULL,
	`hour_ms` integer NOT NULL,
	`procedure` text NOT NULL,
	`permissions` text NOT NULL,
	`ok` integer NOT NULL,
	`denied` integer NOT NULL,
	`limited` integer NOT NULL,
	`failed` integer NOT NULL,
	PRIMARY KEY(`api_key_id`, `hour_ms`, `procedure`, `permissions`)
);
--> statement-breakpoint
CREATE INDEX `api_key_usage_by_hour` ON `api_key_usage` (`hour_ms`);--> statement-breakpoint
CREATE TABLE `api_key_usage_days` (
	`api_key_id` text NOT NULL,
	`day_ms` integer NOT NULL,
	`ok` integer NOT NULL,
	`denied` integer NOT NULL,
	`limited` integer NOT NULL,
	`failed` integer NOT NULL,
	PRIMARY KEY(`api_key_id`, `day_ms`)
);
--> statement-breakpoint
CREATE INDEX `api_key_usage_days_by_day` ON `api_key_usage_days` (`day_ms`);--> statement-breakpoint
ALTER TABLE `api_keys` ADD `quota` text;--> statement-breakpoint
CREATE INDEX `api_keys_by_expiry` ON `api_keys` (`expires_at_ms`,`id`);