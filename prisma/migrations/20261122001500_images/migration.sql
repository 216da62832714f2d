ALTER TABLE "channels" ADD COLUMN "avatar_file" TEXT,
ADD COLUMN "poster_file" TEXT;
