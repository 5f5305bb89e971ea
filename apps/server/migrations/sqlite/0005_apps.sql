CREATE TABLE `apps` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`first_party` integer NOT NULL,
	`secret_digest` text,
	`previous_secret_digest` text,
	`previous_secret_until_ms` integer,
	`secret_rotated_at_ms` integer,
	`jwks` text,
	`redirect_uris` text NOT NULL,
	`post_logout_redirect_uris` text NOT NULL,
	`backchannel_logout_uri` text,
	`grants` text NOT NULL,
	`scopes` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`disabled_at_ms` integer,
	`last_used_at_ms` integer
);
--> statement-breakpoint
CREATE INDEX `apps_by_creation` ON `apps` (`created_at_ms`,`id`);--> statement-breakpoint
CREATE TABLE `artifacts` (
	`id_digest` text NOT NULL,
	`model` text NOT NULL,
	`family_id` text,
	`app_id` text,
	`account_id` text,
	`session_id` text,
	`user_code_digest` text,
	`payload` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`expires_at_ms` integer NOT NULL,
	`consumed_at_ms` integer,
	PRIMARY KEY(`id_digest`, `model`)
);
--> statement-breakpoint
CREATE INDEX `artifacts_by_family` ON `artifacts` (`family_id`);--> statement-breakpoint
CREATE INDEX `artifacts_by_session` ON `artifacts` (`session_id`);--> statement-breakpoint
CREATE INDEX `artifacts_by_account_and_app` ON `artifacts` (`account_id`,`app_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `artifacts_by_user_code` ON `artifacts` (`user_code_digest`);--> statement-breakpoint
CREATE INDEX `artifacts_by_end` ON `artifacts` (`expires_at_ms`);--> statement-breakpoint
CREATE TABLE `grants` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`app_id` text NOT NULL,
	`app_name` text NOT NULL,
	`scopes` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`last_used_at_ms` integer NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `grants_by_account_and_app` ON `grants` (`account_id`,`app_id`);