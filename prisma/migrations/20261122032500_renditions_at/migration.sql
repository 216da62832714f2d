-- AlterTable
ALTER TABLE "recordings" ADD COLUMN "renditions_at" TIMESTAMPTZ(3);
