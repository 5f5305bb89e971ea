CREATE TABLE "apps" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"first_party" boolean NOT NULL,
	"secret_digest" text,
	"previous_secret_digest" text,
	"previous_secret_until_ms" bigint,
	"secret_rotated_at_ms" bigint,
	"jwks" jsonb,
	"redirect_uris" jsonb NOT NULL,
	"post_logout_redirect_uris" jsonb NOT NULL,
	"backchannel_logout_uri" text,
	"grants" jsonb NOT NULL,
	"scopes" jsonb NOT NULL,
	"created_at_ms" bigint NOT NULL,
	"disabled_at_ms" bigint,
	"last_used_at_ms" bigint
);
--> statement-breakpoint
CREATE TABLE "artifacts" (
	"id_digest" text NOT NULL,
	"model" text NOT NULL,
	"family_id" text,
	"app_id" text,
	"account_id" text,
	"session_id" text,
	"user_code_digest" text,
	"payload" jsonb NOT NULL,
	"created_at_ms" bigint NOT NULL,
	"expires_at_ms" bigint NOT NULL,
	"consumed_at_ms" bigint,
	CONSTRAINT "artifacts_pk" PRIMARY KEY("id_digest","model")
);
--> statement-breakpoint
CREATE TABLE "grants" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"app_id" text NOT NULL,
	"app_name" text NOT NULL,
	"scopes" jsonb NOT NULL,
	"created_at_ms" bigint NOT NULL,
	"last_used_at_ms" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "grants" ADD CONSTRAINT "grants_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "apps_by_creation" ON "apps" USING btree ("created_at_ms","id");--> statement-breakpoint
CREATE INDEX "artifacts_by_family" ON "artifacts" USING btree ("family_id");--> statement-breakpoint
CREATE INDEX "artifacts_by_session" ON "artifacts" USING btree ("session_id");--> statement-breakpoint
CREATE INDEX "artifacts_by_account_and_app" ON "artifacts" USING btree ("account_id","app_id");--> statement-breakpoint
CREATE UNIQUE INDEX "artifacts_by_user_code" ON "artifacts" USING btree ("user_code_digest");--> statement-breakpoint
CREATE INDEX "artifacts_by_end" ON "artifacts" USING btree ("expires_at_ms");--> statement-breakpoint
CREATE UNIQUE INDEX "grants_by_account_and_app" ON "grants" USING btree ("account_id","app_id");