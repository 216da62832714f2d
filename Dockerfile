# syntax=docker/dockerfile:1

# Node's version is the one the npm scripts run with (package.json, node-linux-*).
FROM node:24-bookworm-slim AS base
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY web/package.json web/

FROM base AS build
RUN npm ci --no-audit --no-fund
COPY . .
RUN node prisma/generate.ts && node web/build.ts

FROM base AS dependencies
# The image brings Node itself, and ffmpeg comes from Debian. Prisma's command has done its work in the build: it and what
# hangs on it are half of everything.
RUN npm ci --omit=dev --no-audit --no-fund \
 && npm uninstall --no-save --no-audit --no-fund --omit=dev prisma \
 && rm -rf node_modules/node-linux-* node_modules/.bin/node node_modules/ffmpeg-static node_modules/typescript

FROM node:24-bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ffmpeg ca-certificates \
 && rm -rf /var/lib/apt/lists/* \
 && install -d -o node -g node -m 700 /data
WORKDIR /app
COPY package.json ./
COPY prisma prisma
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/src src
COPY --from=build /app/transcoder transcoder
COPY --from=build /app/web/build web/build
# The embedded PostgreSQL's links, which its first start would make: the server may not write to its own program.
RUN node -e "import('./src/db/postgres-binaries.ts').then((module) => module.findPostgresBinaries())"
ENV NODE_ENV=production DATA_DIR=/data
USER node
VOLUME /data
EXPOSE 8080 8189/udp 8189/tcp
HEALTHCHECK --interval=15s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT ?? 8080}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "src/main.ts"]
