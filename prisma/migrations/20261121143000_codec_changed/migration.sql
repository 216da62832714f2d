-- AlterEnum
ALTER TYPE "end_reason" ADD VALUE 'codec_changed';
