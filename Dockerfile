# Bakewatch with its embedded PostgreSQL. Mount the config at /etc/bakewatch and a volume at /var/lib/bakewatch:
#   docker run -v ./bakewatch.yaml:/etc/bakewatch/bakewatch.yaml:ro -v ./rules:/etc/bakewatch/rules:ro -v bakewatch:/var/lib/bakewatch -p 8700:8700 bakewatch
# Inside a container the server must listen on all addresses: `server: { listen: 0.0.0.0:8700 }`, which needs `tokens`.

FROM node:24-bookworm-slim AS build
WORKDIR /opt/bakewatch
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY src src
COPY analyzers analyzers
COPY providers providers
COPY drizzle drizzle
COPY docs/reference/openapi.json docs/reference/
# The image is read-only for its user: the library links of PostgreSQL are made now.
RUN node --input-type=module --eval "(await import('/opt/bakewatch/src/store/postgres-binaries.ts')).findPostgres()"

FROM node:24-bookworm-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends openssh-client tini \
  && rm -rf /var/lib/apt/lists/* \
  && install -d -o node -g node -m 0700 /var/lib/bakewatch
COPY --from=build /opt/bakewatch /opt/bakewatch
ENV NODE_ENV=production
USER node
WORKDIR /var/lib/bakewatch
VOLUME /var/lib/bakewatch
EXPOSE 8700
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "--eval", "fetch('http://127.0.0.1:8700/health/ready').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# tini reaps what a killed hook or PostgreSQL leaves behind, and passes signals on.
ENTRYPOINT ["/usr/bin/tini", "--", "node", "/opt/bakewatch/src/main.ts"]
CMD ["serve", "--config", "/etc/bakewatch/bakewatch.yaml"]
