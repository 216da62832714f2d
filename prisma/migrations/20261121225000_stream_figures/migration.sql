-- AlterTable
ALTER TABLE "streams"
    ADD COLUMN "max_width" INTEGER,
    ADD COLUMN "max_height" INTEGER,
    ADD COLUMN "average_ingest_bps" INTEGER,
    ADD COLUMN "peak_ingest_bps" INTEGER,
    ADD COLUMN "unique_viewers" INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN "watch_seconds" BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN "audience" JSONB;

-- AlterTable
ALTER TABLE "viewer_sessions"
    ADD COLUMN "mark" BYTEA,
    ADD COLUMN "client" TEXT,
    ADD COLUMN "join_ms" INTEGER,
    ADD COLUMN "stalls" INTEGER,
    ADD COLUMN "stalled_ms" INTEGER,
    ADD COLUMN "height" INTEGER;

-- CreateTable
CREATE TABLE "viewer_samples" (
    "stream_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "span_seconds" INTEGER NOT NULL,
    "viewers" INTEGER NOT NULL,
    "ingest_bps" INTEGER NOT NULL,
    "egress_bps" BIGINT NOT NULL,
    "loss_share" DOUBLE PRECISION,
    "frames_per_second" DOUBLE PRECISION,

    CONSTRAINT "viewer_samples_pkey" PRIMARY KEY ("stream_id", "at")
);

-- AddForeignKey
ALTER TABLE "viewer_samples" ADD CONSTRAINT "viewer_samples_stream_id_fkey" FOREIGN KEY ("stream_id") REFERENCES "streams"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Beyond what schema.prisma can say.

-- Whose figures have not been summed up.
CREATE INDEX "streams_not_summed_up" ON "streams"("ended_at") WHERE "audience" IS NULL;

-- What has not been thinned.
CREATE INDEX "viewer_samples_fine" ON "viewer_samples"("at") WHERE "span_seconds" < 60;
