CREATE TABLE `alert_deliveries` (
	`id` text PRIMARY KEY NOT NULL,
	`alert_id` text NOT NULL,
	`type` text NOT NULL,
	`seen_at_ms` integer NOT NULL,
	`tries` integer NOT NULL,
	`next_try_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `alert_deliveries_by_next_try` ON `alert_deliveries` (`next_try_at_ms`);