ALTER TABLE "webhooks" ADD COLUMN "old_sealed_secret" BYTEA,
ADD COLUMN "old_secret_until" TIMESTAMPTZ(3);
