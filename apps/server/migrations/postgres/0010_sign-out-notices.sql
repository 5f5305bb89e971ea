CREATE TABLE "sign_out_notices" (
	"sid" text PRIMARY KEY NOT NULL,
	"app_id" text NOT NULL,
	"account_id" text NOT NULL,
	"tries" bigint NOT NULL,
	"next_try_at_ms" bigint NOT NULL
);
--> statement-breakpoint
CREATE INDEX "sign_out_notices_by_next_try" ON "sign_out_notices" USING btree ("next_try_at_ms");