-- CreateEnum
CREATE TYPE "job_kind" AS ENUM ('renditions', 'pictures', 'live', 'thumbnails');

-- CreateEnum
CREATE TYPE "job_status" AS ENUM ('queued', 'running', 'done', 'failed', 'cancelled');

-- CreateTable
CREATE TABLE "jobs" (
    "id" UUID NOT NULL,
    "kind" "job_kind" NOT NULL,
    "status" "job_status" NOT NULL DEFAULT 'queued',
    "progress" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "problem" TEXT,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "turn" INTEGER NOT NULL DEFAULT 0,
    "channel_id" UUID NOT NULL,
    "recording_id" UUID,
    "stream_id" UUID,
    "detail" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "jobs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "renditions" (
    "recording_id" UUID NOT NULL,
    "height" INTEGER NOT NULL,
    "width" INTEGER NOT NULL,
    "bitrate_bps" INTEGER NOT NULL,
    "bytes" BIGINT NOT NULL,

    CONSTRAINT "renditions_pkey" PRIMARY KEY ("recording_id", "height")
);

-- CreateIndex
CREATE INDEX "jobs_channel_id_id_idx" ON "jobs"("channel_id", "id");

-- CreateIndex
CREATE INDEX "jobs_recording_id_idx" ON "jobs"("recording_id");

-- CreateIndex
CREATE INDEX "jobs_ended_at_idx" ON "jobs"("ended_at");

-- Of one recording or stream at most one job of a kind is to be done.
CREATE UNIQUE INDEX "jobs_recording_id_kind_open_key" ON "jobs"("recording_id", "kind") WHERE "status" IN ('queued', 'running');
CREATE UNIQUE INDEX "jobs_stream_id_kind_open_key" ON "jobs"("stream_id", "kind") WHERE "status" IN ('queued', 'running') AND "recording_id" IS NULL;

-- AddForeignKey
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_channel_id_fkey" FOREIGN KEY ("channel_id") REFERENCES "channels"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_recording_id_fkey" FOREIGN KEY ("recording_id") REFERENCES "recordings"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "renditions" ADD CONSTRAINT "renditions_recording_id_fkey" FOREIGN KEY ("recording_id") REFERENCES "recordings"("id") ON DELETE CASCADE ON UPDATE CASCADE;
