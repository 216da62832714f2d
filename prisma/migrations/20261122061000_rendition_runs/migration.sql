-- AlterTable
ALTER TABLE "recordings" ADD COLUMN "renditions_run" TEXT;

-- CreateTable
CREATE TABLE "rendition_runs" (
    "recording_id" UUID NOT NULL,
    "run" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "rendition_runs_pkey" PRIMARY KEY ("recording_id","run")
);

-- CreateIndex
CREATE INDEX "rendition_runs_created_at_idx" ON "rendition_runs"("created_at");

-- AddForeignKey
ALTER TABLE "rendition_runs" ADD CONSTRAINT "rendition_runs_recording_id_fkey" FOREIGN KEY ("recording_id") REFERENCES "recordings"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Renditions of before have no run, and are to be made again.
DELETE FROM "renditions";
UPDATE "recordings" SET "renditions_at" = NULL;
