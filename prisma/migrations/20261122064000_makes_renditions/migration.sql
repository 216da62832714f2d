-- AlterTable
ALTER TABLE "channels" ADD COLUMN "makes_renditions" BOOLEAN NOT NULL DEFAULT false;
