-- AlterEnum
ALTER TYPE "end_reason" ADD VALUE 'token_revoked';
ALTER TYPE "end_reason" ADD VALUE 'token_expired';
ALTER TYPE "end_reason" ADD VALUE 'made_private';

-- CreateTable
CREATE TABLE "viewer_tokens" (
    "id" UUID NOT NULL,
    "channel_id" UUID NOT NULL,
    "label" TEXT NOT NULL,
    "max_viewers" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "viewer_tokens_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "viewer_tokens_channel_id_idx" ON "viewer_tokens"("channel_id");

-- CreateIndex
CREATE INDEX "viewer_tokens_expires_at_idx" ON "viewer_tokens"("expires_at");

-- AddForeignKey
ALTER TABLE "viewer_tokens" ADD CONSTRAINT "viewer_tokens_channel_id_fkey" FOREIGN KEY ("channel_id") REFERENCES "channels"("id") ON DELETE CASCADE ON UPDATE CASCADE;
