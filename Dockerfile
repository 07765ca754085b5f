# The image of `canteen`; docker-compose.yml builds and runs it.
FROM swift:6.2-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends libexpat1-dev libpq-dev libqrencode-dev \
        libxlsxwriter-dev libzip-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY Package.swift ./
COPY Sources Sources
COPY Tests Tests
COPY sql sql
RUN swift build -c release --static-swift-stdlib --product canteen \
    && install -D "$(swift build -c release --show-bin-path)/canteen" /out/canteen

FROM debian:bookworm-slim AS canteen
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates libexpat1 libpq5 libqrencode4 \
        libxlsxwriter4 libzip4 tzdata \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home --home-dir /var/lib/canteen canteen \
    && install -d -m 0700 -o canteen -g canteen /var/lib/canteen/keys \
        /var/lib/canteen/checks /var/lib/canteen/counts
COPY --from=build /out/canteen /usr/local/bin/canteen
USER canteen
WORKDIR /var/lib/canteen
ENTRYPOINT ["canteen"]
CMD ["--help"]
