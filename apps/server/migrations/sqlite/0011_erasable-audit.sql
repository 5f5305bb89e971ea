ALTER TABLE `audit_entries` ADD `personal_details` text;--> statement-breakpoint
ALTER TABLE `audit_entries` ADD `actor_digest` text;--> statement-breakpoint
ALTER TABLE `audit_entries` ADD `actor_salt` text;--> statement-breakpoint
ALTER TABLE `audit_entries` ADD `target_digest` text;--> statement-breakpoint
ALTER TABLE `audit_entries` ADD `target_salt` text;