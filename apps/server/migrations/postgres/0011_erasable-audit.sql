ALTER TABLE "audit_entries" ADD COLUMN "personal_details" jsonb;--> statement-breakpoint
ALTER TABLE "audit_entries" ADD COLUMN "actor_digest" text;--> statement-breakpoint
ALTER TABLE "audit_entries" ADD COLUMN "actor_salt" text;--> statement-breakpoint
ALTER TABLE "audit_entries" ADD COLUMN "target_digest" text;--> statement-breakpoint
ALTER TABLE "audit_entries" ADD COLUMN "target_salt" text;