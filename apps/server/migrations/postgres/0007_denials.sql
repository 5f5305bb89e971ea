CREATE TABLE "denial_head" (
	"id" bigint PRIMARY KEY NOT NULL,
	"number" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "denials" (
	"number" bigint PRIMARY KEY NOT NULL,
	"id" text NOT NULL,
	"at_ms" bigint NOT NULL,
	"code" text NOT NULL,
	"procedure" text NOT NULL,
	"missing" text NOT NULL,
	"would_be_enough" jsonb NOT NULL,
	"account_kind" text NOT NULL,
	"account_id" text NOT NULL,
	"account_name" text NOT NULL,
	"credential_kind" text NOT NULL,
	"credential_id" text NOT NULL,
	"api_key_id" text,
	"address" text,
	"user_agent" text NOT NULL,
	"request_id" text
);
--> statement-breakpoint
CREATE UNIQUE INDEX "denials_by_id" ON "denials" USING btree ("id");--> statement-breakpoint
CREATE INDEX "denials_by_account" ON "denials" USING btree ("account_id","number");--> statement-breakpoint
CREATE INDEX "denials_by_api_key" ON "denials" USING btree ("api_key_id","number");--> statement-breakpoint
CREATE INDEX "denials_by_missing" ON "denials" USING btree ("missing","number");