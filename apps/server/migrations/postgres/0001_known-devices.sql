CREATE TABLE "known_devices" (
	"account_id" text NOT NULL,
	"token_digest" text NOT NULL,
	"created_at_ms" bigint NOT NULL,
	"last_sign_in_at_ms" bigint NOT NULL,
	"user_agent" text NOT NULL,
	"network" text NOT NULL,
	CONSTRAINT "known_devices_pk" PRIMARY KEY("account_id","token_digest")
);
--> statement-breakpoint
ALTER TABLE "rate_limits" ADD COLUMN "wait_until_ms" bigint;--> statement-breakpoint
ALTER TABLE "rate_limits" ADD COLUMN "wait_noted" boolean;--> statement-breakpoint
ALTER TABLE "known_devices" ADD CONSTRAINT "known_devices_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "known_devices_by_token" ON "known_devices" USING btree ("token_digest");