CREATE TABLE "api_key_quotas" (
	"api_key_id" text PRIMARY KEY NOT NULL,
	"period_ends_at_ms" bigint NOT NULL,
	"used" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "api_key_sources" (
	"api_key_id" text NOT NULL,
	"network" text NOT NULL,
	"agent" text NOT NULL,
	"calls" bigint NOT NULL,
	"first_seen_at_ms" bigint NOT NULL,
	"last_seen_at_ms" bigint NOT NULL,
	"previous_secret_at_ms" bigint,
	CONSTRAINT "api_key_sources_pk" PRIMARY KEY("api_key_id","network","agent")
);
--> statement-breakpoint
CREATE TABLE "api_key_usage" (
	"api_key_id" text NOT NULL,
	"hour_ms" bigint NOT NULL,
	"procedure" text NOT NULL,
	"permissions" text NOT NULL,
	"ok" bigint NOT NULL,
	"denied" bigint NOT NULL,
	"limited" bigint NOT NULL,
	"failed" bigint NOT NULL,
	CONSTRAINT "api_key_usage_pk" PRIMARY KEY("api_key_id","hour_ms","procedure","permissions")
);
--> statement-breakpoint
CREATE TABLE "api_key_usage_days" (
	"api_key_id" text NOT NULL,
	"day_ms" bigint NOT NULL,
	"ok" bigint NOT NULL,
	"denied" bigint NOT NULL,
	"limited" bigint NOT NULL,
	"failed" bigint NOT NULL,
	CONSTRAINT "api_key_usage_days_pk" PRIMARY KEY("api_key_id","day_ms")
);
--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "quota" jsonb;--> statement-breakpoint
CREATE INDEX "api_key_usage_by_hour" ON "api_key_usage" USING btree ("hour_ms");--> statement-breakpoint
CREATE INDEX "api_key_usage_days_by_day" ON "api_key_usage_days" USING btree ("day_ms");--> statement-breakpoint
CREATE INDEX "api_keys_by_expiry" ON "api_keys" USING btree ("expires_at_ms","id");