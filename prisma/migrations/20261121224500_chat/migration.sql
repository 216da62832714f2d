-- CreateEnum
CREATE TYPE "chat_mode" AS ENUM ('everyone', 'accounts', 'off');

-- CreateEnum
CREATE TYPE "chat_role" AS ENUM ('owner', 'streamer', 'moderator', 'viewer', 'guest');

-- AlterTable
ALTER TABLE "channels" ADD COLUMN     "chat" "chat_mode" NOT NULL DEFAULT 'everyone',
ADD COLUMN     "slow_mode_seconds" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "chat_links" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "chat_messages" (
    "id" UUID NOT NULL,
    "channel_id" UUID NOT NULL,
    "user_id" UUID,
    "guest_id" UUID,
    "name" TEXT NOT NULL,
    "role" "chat_role" NOT NULL,
    "text" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),
    "deleted_by" TEXT,

    CONSTRAINT "chat_messages_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "chat_messages_one_author" CHECK (("user_id" IS NULL) <> ("guest_id" IS NULL))
);

-- CreateTable
CREATE TABLE "chat_bans" (
    "id" UUID NOT NULL,
    "channel_id" UUID NOT NULL,
    "user_id" UUID,
    "guest_id" UUID,
    "address_hash" BYTEA,
    "name" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "banned_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),

    CONSTRAINT "chat_bans_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "chat_bans_one_person" CHECK (("user_id" IS NULL) <> ("guest_id" IS NULL))
);

-- CreateIndex
CREATE INDEX "chat_messages_channel_id_id_idx" ON "chat_messages"("channel_id", "id");

-- CreateIndex
CREATE INDEX "chat_messages_channel_id_deleted_at_idx" ON "chat_messages"("channel_id", "deleted_at");

-- CreateIndex
CREATE INDEX "chat_messages_user_id_idx" ON "chat_messages"("user_id");

-- CreateIndex
CREATE INDEX "chat_messages_at_idx" ON "chat_messages"("at");

-- CreateIndex
CREATE UNIQUE INDEX "chat_bans_channel_id_user_id_key" ON "chat_bans"("channel_id", "user_id");

-- CreateIndex
CREATE UNIQUE INDEX "chat_bans_channel_id_guest_id_key" ON "chat_bans"("channel_id", "guest_id");

-- CreateIndex
CREATE INDEX "chat_bans_channel_id_address_hash_idx" ON "chat_bans"("channel_id", "address_hash");

-- CreateIndex
CREATE INDEX "chat_bans_user_id_idx" ON "chat_bans"("user_id");

-- CreateIndex
CREATE INDEX "chat_bans_expires_at_idx" ON "chat_bans"("expires_at");

-- AddForeignKey
ALTER TABLE "chat_messages" ADD CONSTRAINT "chat_messages_channel_id_fkey" FOREIGN KEY ("channel_id") REFERENCES "channels"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "chat_messages" ADD CONSTRAINT "chat_messages_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "chat_bans" ADD CONSTRAINT "chat_bans_channel_id_fkey" FOREIGN KEY ("channel_id") REFERENCES "channels"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "chat_bans" ADD CONSTRAINT "chat_bans_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
