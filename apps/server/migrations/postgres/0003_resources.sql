CREATE TABLE "api_key_permissions" (
	"permission" text NOT NULL,
	"api_key_id" text NOT NULL,
	CONSTRAINT "api_key_permissions_pk" PRIMARY KEY("permission","api_key_id")
);
--> statement-breakpoint
CREATE TABLE "resource_permissions" (
	"name" text PRIMARY KEY NOT NULL,
	"resource_id" text NOT NULL,
	"description" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "resources" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"audience" text NOT NULL,
	"created_at_ms" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "api_key_permissions" ADD CONSTRAINT "api_key_permissions_api_key_id_api_keys_id_fk" FOREIGN KEY ("api_key_id") REFERENCES "public"."api_keys"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "resource_permissions" ADD CONSTRAINT "resource_permissions_resource_id_resources_id_fk" FOREIGN KEY ("resource_id") REFERENCES "public"."resources"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "resource_permissions_by_resource" ON "resource_permissions" USING btree ("resource_id","name");--> statement-breakpoint
CREATE UNIQUE INDEX "resources_by_audience" ON "resources" USING btree ("audience");