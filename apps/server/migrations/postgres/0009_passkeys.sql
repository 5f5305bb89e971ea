CREATE TABLE "passkeys" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"credential_id" text NOT NULL,
	"public_key" text NOT NULL,
	"counter" bigint NOT NULL,
	"name" text NOT NULL,
	"created_at_ms" bigint NOT NULL,
	"last_used_at_ms" bigint
);
--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "password_changed_at_ms" bigint;--> statement-breakpoint
ALTER TABLE "known_devices" ADD COLUMN "trusted_until_ms" bigint;--> statement-breakpoint
ALTER TABLE "passkeys" ADD CONSTRAINT "passkeys_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "passkeys_by_credential" ON "passkeys" USING btree ("credential_id");--> statement-breakpoint
CREATE INDEX "passkeys_by_account" ON "passkeys" USING btree ("account_id","created_at_ms");--> statement-breakpoint
UPDATE accounts SET password_changed_at_ms = coalesce((SELECT max(at_ms) FROM audit_entries WHERE target_id = accounts.id AND act IN ('account.password_changed', 'account.password_reset', 'account.invitation_accepted')), created_at_ms) WHERE password_hash IS NOT NULL;
