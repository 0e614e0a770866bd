# egserve in two stages: one that builds, and a small one that runs as a user of its own. Both are fed by the one list of
# packages, scripts/install-deps.sh.
#
#   docker build -t egserve .
#   docker run --rm -p 5000:5000 egserve
#
# tests/deploy checks this file; docs/operations.md says what was tried with it.
ARG DEBIAN=debian:bookworm-slim

FROM ${DEBIAN} AS build
WORKDIR /src
COPY scripts/install-deps.sh scripts/install-deps.sh
COPY package.json package-lock.json ./
RUN scripts/install-deps.sh
COPY . .
RUN make -j"$(nproc)" build/egserve && strip build/egserve

FROM ${DEBIAN}
COPY --from=build /src/scripts/install-deps.sh /tmp/install-deps.sh
RUN /tmp/install-deps.sh --runtime && rm -rf /tmp/install-deps.sh /var/lib/apt/lists/* \
    && useradd --system --no-create-home --shell /usr/sbin/nologin --uid 990 egserve
COPY --from=build /src/build/egserve /usr/local/bin/egserve
COPY --from=build /src/deploy/egserve.conf /etc/egserve/egserve.conf
USER 990
ENV EGSERVE_BIND=0.0.0.0:5000
EXPOSE 5000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --retries=3 \
    CMD ["egserve", "health", "http://127.0.0.1:5000"]
ENTRYPOINT ["egserve"]
CMD ["serve"]
