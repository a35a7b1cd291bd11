# syntax=docker/dockerfile:1
# One image with all programs: `docker run vigie vigie registry`, `vigie gateway`, `vigie front`, `hometrip listing`, ….
# The Swift toolchain is wanted for the build alone; Swift's own libraries are inside the programs.
ARG SWIFT=6.3
ARG DEBIAN=bookworm

FROM swift:${SWIFT}-${DEBIAN} AS build
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        libargon2-dev libcurl4-openssl-dev libpq-dev libssl-dev zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY Package.swift ./
COPY Sources Sources
COPY Examples Examples
COPY Tests Tests
COPY Benchmarks Benchmarks
COPY scripts scripts
COPY deploy/release.profdata.gz deploy/
# The products that run in containers, one argument for all of them.
ARG PRODUCTS="vigie hometrip notes"
# hadolint ignore=SC2086
RUN --mount=type=cache,target=/source/.build \
    mkdir /programs \
    && scripts/build.sh $PRODUCTS \
    && for product in $PRODUCTS; do \
        install --strip ".build/release/$product" /programs/ || exit; \
    done

FROM debian:${DEBIAN}-slim
# nginx and openssl are what `vigie front` runs.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        ca-certificates libargon2-1 libcurl4 libpq5 libssl3 libstdc++6 nginx openssl zlib1g \
    && rm -rf /var/lib/apt/lists/* /etc/nginx/sites-enabled/default \
    && useradd --system --uid 10001 --home-dir /var/lib/vigie --create-home vigie
COPY --from=build /programs/ /usr/local/bin/

ARG VERSION=0.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Vigie" \
    org.opencontainers.image.description="Observability-first platform of services: registry, gateway, front and services in one image" \
    org.opencontainers.image.licenses="Apache-2.0" \
    org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.revision="${REVISION}"

USER 10001
WORKDIR /var/lib/vigie
# Settings are those of each program (`vigie gateway --help`); a program stops at one that it does not know, so there is none here.
# Who lets a program serve another port than 8080 names it in a health check of his own, as docker-compose.yml does.
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=3 \
    CMD ["vigie", "check", "http://127.0.0.1:8080/health/live"]
CMD ["vigie", "help"]
