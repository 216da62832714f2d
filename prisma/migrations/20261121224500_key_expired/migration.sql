-- AlterEnum
ALTER TYPE "end_reason" ADD VALUE 'key_expired';
