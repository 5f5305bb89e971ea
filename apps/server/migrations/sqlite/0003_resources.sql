CREATE TABLE `api_key_permissions` (
	`permission` text NOT NULL,
	`api_key_id` text NOT NULL,
	PRIMARY KEY(`permission`, `api_key_id`),
	FOREIGN KEY (`api_key_id`) REFERENCES `api_keys`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `resource_permissions` (
	`name` text PRIMARY KEY NOT NULL,
	`resource_id` text NOT NULL,
	`description` text NOT NULL,
	FOREIGN KEY (`resource_id`) REFERENCES `resources`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `resource_permissions_by_resource` ON `resource_permissions` (`resource_id`,`name`);--> statement-breakpoint
CREATE TABLE `resources` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`audience` text NOT NULL,
	`created_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `resources_by_audience` ON `resources` (`audience`);