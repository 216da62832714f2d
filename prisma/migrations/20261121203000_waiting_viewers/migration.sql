-- AlterTable
ALTER TABLE "channels" ADD COLUMN "accepts_waiting_viewers" BOOLEAN NOT NULL DEFAULT false;
