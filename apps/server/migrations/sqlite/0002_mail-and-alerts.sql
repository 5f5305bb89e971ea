CREATE TABLE `alerts` (
	`id` text PRIMARY KEY NOT NULL,
	`code` text NOT NULL,
	`status` text NOT NULL,
	`subject_kind` text NOT NULL,
	`subject_id` text NOT NULL,
	`subject_name` text,
	`open_key` text,
	`count` integer NOT NULL,
	`first_at_ms` integer NOT NULL,
	`last_at_ms` integer NOT NULL,
	`evidence` text NOT NULL,
	`mailed_at_ms` integer,
	`decided_at_ms` integer,
	`decided_by` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `alerts_by_open_key` ON `alerts` (`open_key`);--> statement-breakpoint
CREATE INDEX `alerts_by_time` ON `alerts` (`first_at_ms`,`id`);--> statement-breakpoint
CREATE INDEX `alerts_by_status` ON `alerts` (`status`,`first_at_ms`,`id`);--> statement-breakpoint
CREATE TABLE `followers` (
	`name` text PRIMARY KEY NOT NULL,
	`entry_number` integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE `accounts` ADD `email_verified_at_ms` integer;--> statement-breakpoint
ALTER TABLE `links` ADD `email` text;--> statement-breakpoint
CREATE INDEX `links_by_email` ON `links` (`email`);--> statement-breakpoint
INSERT INTO followers (name, entry_number) SELECT 'alerts', coalesce(max(number), 0) FROM audit_head;