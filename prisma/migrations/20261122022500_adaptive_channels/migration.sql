ALTER TABLE "channels" ADD COLUMN "is_adaptive" BOOLEAN NOT NULL DEFAULT false;
