CREATE TABLE "alert_deliveries" (
	"id" text PRIMARY KEY NOT NULL,
	"alert_id" text NOT NULL,
	"type" text NOT NULL,
	"seen_at_ms" bigint NOT NULL,
	"tries" bigint NOT NULL,
	"next_try_at_ms" bigint NOT NULL
);
--> statement-breakpoint
CREATE INDEX "alert_deliveries_by_next_try" ON "alert_deliveries" USING btree ("next_try_at_ms");