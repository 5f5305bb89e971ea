DROP TABLE "recovery_codes" CASCADE;--> statement-breakpoint
DROP TABLE "spent_tokens" CASCADE;--> statement-breakpoint
DROP TABLE "totp_secrets" CASCADE;--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "closed_at_ms" bigint;