-- AlterTable
ALTER TABLE "recording_parts" ADD COLUMN     "in_bucket" BOOLEAN NOT NULL DEFAULT false;
