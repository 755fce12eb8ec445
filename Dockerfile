# Builds a release (scripts/release) in Debian 12, so that its programs run with glibc 2.36 or later.
#
#     docker build --target package --output target/release-package .     the tarball and SHA256SUMS
#     docker build --tag sheaf .                                          an image with the command
#     docker run --rm sheaf --version
#
# Needs BuildKit, as every Docker since 23.0 has, on x86-64. Takes about seven minutes on two cores.

FROM docker.io/library/rust:1.95-bookworm AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends binutils git python3 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /sheaf
COPY . .
# The time of the tarball's files; in a build without the repository's history say --build-arg SOURCE_DATE_EPOCH=...
ARG SOURCE_DATE_EPOCH
ARG LEVELS="x86-64 x86-64-v3 x86-64-v4"
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    scripts/release --levels "$LEVELS" --out /release \
    && mv /release/sheaf-*-x86_64-linux /package

FROM scratch AS package
COPY --from=build /release/ /

FROM docker.io/library/debian:bookworm-slim
COPY --from=build /package /opt/sheaf
# Keys and batches are files of the caller: mount the directory that holds them here.
WORKDIR /work
ENTRYPOINT ["/opt/sheaf/bin/sheaf"]
