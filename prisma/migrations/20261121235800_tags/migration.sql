ALTER TABLE "channels" ADD COLUMN "tags" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[];
CREATE INDEX "channels_tags_idx" ON "channels" USING GIN ("tags");
