DROP INDEX "account_roles_by_role";--> statement-breakpoint
CREATE INDEX "account_roles_by_role" ON "account_roles" USING btree ("role","account_id");