CREATE TABLE "alerts" (
	"id" text PRIMARY KEY NOT NULL,
	"code" text NOT NULL,
	"status" text NOT NULL,
	"subject_kind" text NOT NULL,
	"subject_id" text NOT NULL,
	"subject_name" text,
	"open_key" text,
	"count" bigint NOT NULL,
	"first_at_ms" bigint NOT NULL,
	"last_at_ms" bigint NOT NULL,
	"evidence" jsonb NOT NULL,
	"mailed_at_ms" bigint,
	"decided_at_ms" bigint,
	"decided_by" text
);
--> statement-breakpoint
CREATE TABLE "followers" (
	"name" text PRIMARY KEY NOT NULL,
	"entry_number" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "email_verified_at_ms" bigint;--> statement-breakpoint
ALTER TABLE "links" ADD COLUMN "email" text;--> statement-breakpoint
CREATE UNIQUE INDEX "alerts_by_open_key" ON "alerts" USING btree ("open_key");--> statement-breakpoint
CREATE INDEX "alerts_by_time" ON "alerts" USING btree ("first_at_ms","id");--> statement-breakpoint
CREATE INDEX "alerts_by_status" ON "alerts" USING btree ("status","first_at_ms","id");--> statement-breakpoint
CREATE INDEX "links_by_email" ON "links" USING btree ("email");--> statement-breakpoint
INSERT INTO followers (name, entry_number) SELECT 'alerts', coalesce(max(number), 0) FROM audit_head;