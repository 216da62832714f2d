-- CreateEnum
CREATE TYPE "recording_state" AS ENUM ('recording', 'ready', 'failed');

-- AlterTable
ALTER TABLE "channels" ADD COLUMN "is_recorded" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "recordings" (
    "id" UUID NOT NULL,
    "channel_id" UUID NOT NULL,
    "stream_id" UUID,
    "title" TEXT NOT NULL,
    "state" "recording_state" NOT NULL DEFAULT 'recording',
    "problem" TEXT,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "recordings_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "recording_parts" (
    "recording_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "file" TEXT NOT NULL,
    "video_codec" TEXT,
    "has_audio" BOOLEAN NOT NULL,
    "width" INTEGER,
    "height" INTEGER,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "duration_ms" INTEGER NOT NULL,
    "bytes" BIGINT NOT NULL,

    CONSTRAINT "recording_parts_pkey" PRIMARY KEY ("recording_id", "number")
);

-- CreateIndex
CREATE INDEX "recordings_channel_id_started_at_idx" ON "recordings"("channel_id", "started_at");

-- CreateIndex
CREATE INDEX "recordings_started_at_idx" ON "recordings"("started_at");

-- AddForeignKey
ALTER TABLE "recordings" ADD CONSTRAINT "recordings_channel_id_fkey" FOREIGN KEY ("channel_id") REFERENCES "channels"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "recording_parts" ADD CONSTRAINT "recording_parts_recording_id_fkey" FOREIGN KEY ("recording_id") REFERENCES "recordings"("id") ON DELETE CASCADE ON UPDATE CASCADE;
