DROP TABLE `recovery_codes`;--> statement-breakpoint
DROP TABLE `spent_tokens`;--> statement-breakpoint
DROP TABLE `totp_secrets`;--> statement-breakpoint
ALTER TABLE `accounts` ADD `closed_at_ms` integer;