ALTER TABLE `api_keys` ADD `remind_at_ms` integer;--> statement-breakpoint
-- Of the keys that are there, the first moment after they were made: where it is past already, their owners hear at once.
UPDATE `api_keys` SET `remind_at_ms` = CASE
  WHEN `created_at_ms` < `expires_at_ms` - 1209600000 THEN `expires_at_ms` - 1209600000
  WHEN `created_at_ms` < `expires_at_ms` - 259200000 THEN `expires_at_ms` - 259200000
  WHEN `created_at_ms` < `expires_at_ms` - 86400000 THEN `expires_at_ms` - 86400000
END WHERE `expires_at_ms` IS NOT NULL AND `revoked_at_ms` IS NULL;--> statement-breakpoint
CREATE INDEX `api_keys_by_reminder` ON `api_keys` (`remind_at_ms`) WHERE "api_keys"."remind_at_ms" is not null;