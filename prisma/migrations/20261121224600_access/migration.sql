-- AlterTable
ALTER TABLE "users" ADD COLUMN "disabled_at" TIMESTAMPTZ(3);

-- AlterTable: the tokens there are keep every right that they had.
ALTER TABLE "api_tokens" ADD COLUMN "scopes" TEXT[] NOT NULL DEFAULT ARRAY['read', 'channels', 'keys', 'streams', 'chat', 'webhooks', 'account', 'admin'],
ADD COLUMN "last_used_at" TIMESTAMPTZ(3),
ADD COLUMN "expires_at" TIMESTAMPTZ(3);
ALTER TABLE "api_tokens" ALTER COLUMN "scopes" DROP DEFAULT, ALTER COLUMN "scopes" DROP NOT NULL;

-- CreateTable
CREATE TABLE "channel_moderators" (
    "id" UUID NOT NULL,
    "channel_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "channel_moderators_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "channel_moderators_channel_id_user_id_key" ON "channel_moderators"("channel_id", "user_id");

-- CreateIndex
CREATE INDEX "channel_moderators_user_id_idx" ON "channel_moderators"("user_id");

-- AddForeignKey
ALTER TABLE "channel_moderators" ADD CONSTRAINT "channel_moderators_channel_id_fkey" FOREIGN KEY ("channel_id") REFERENCES "channels"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "channel_moderators" ADD CONSTRAINT "channel_moderators_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
