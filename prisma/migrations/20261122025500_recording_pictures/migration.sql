-- AlterTable
ALTER TABLE "recordings" ADD COLUMN     "pictures_at" TIMESTAMPTZ(3);
