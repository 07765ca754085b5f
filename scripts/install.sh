#!/usr/bin/env bash
# Installs what is missing, and only that: PostgreSQL 15 or later, pkg-config, the headers of the C
# libraries that Package.swift names. `scripts/install.sh test` also installs what only the tests
# need: PgBouncer, what draws and scans a printed card, a browser that is driven.
# `scripts/install.sh bench` installs what makes the benchmarks' load: wrk.
set -euo pipefail

if ! command -v swift >/dev/null; then
  echo "找不到 swift：请先安装 Swift 6.2 或更新版本 (install Swift 6.2 or later: swift.org)" >&2
  exit 1
fi
version=$(swift --version 2>/dev/null | grep -oE 'Swift version [0-9]+\.[0-9]+' | head -n 1 | grep -oE '[0-9]+\.[0-9]+')
if [ "$(printf '6.2\n%s\n' "$version" | sort -V | head -n 1)" != 6.2 ]; then
  echo "Swift $version 太旧，需要 6.2 或更新版本 (Swift 6.2 or later is needed)" >&2
  exit 1
fi

missing=()
command -v pkg-config >/dev/null || missing+=(pkg-config)
for library in libpq:libpq-dev libzip:libzip-dev expat:libexpat1-dev xlsxwriter:libxlsxwriter-dev \
  libqrencode:libqrencode-dev; do
  pkg-config --exists "${library%%:*}" 2>/dev/null || missing+=("${library##*:}")
done
compgen -G '/usr/lib/postgresql/1[5-9]/bin/initdb' >/dev/null ||
  compgen -G '/usr/lib/postgresql/[2-9][0-9]/bin/initdb' >/dev/null ||
  command -v initdb >/dev/null || missing+=(postgresql)
if [ "${1:-}" = test ]; then
  PATH=$PATH:/usr/sbin command -v pgbouncer >/dev/null || missing+=(pgbouncer)
  command -v rsvg-convert >/dev/null || missing+=(librsvg2-bin)
  command -v pdftotext >/dev/null || missing+=(poppler-utils)
  command -v zbarimg >/dev/null || missing+=(zbar-tools)
  command -v xmllint >/dev/null || missing+=(libxml2-utils)
  command -v chromium >/dev/null || missing+=(chromium)
  command -v chromedriver >/dev/null || missing+=(chromium-driver)
  fc-list :lang=zh 2>/dev/null | grep -q . || missing+=(fontconfig fonts-noto-cjk)
fi
if [ "${1:-}" = bench ]; then
  command -v wrk >/dev/null || missing+=(wrk)
  compgen -G '/usr/lib/postgresql/*/bin/pgbench' >/dev/null || command -v pgbench >/dev/null ||
    missing+=(postgresql-contrib)
fi
if [ ${#missing[@]} -eq 0 ]; then
  exit 0
fi
if ! command -v apt-get >/dev/null; then
  echo "请先安装 (please install): ${missing[*]}" >&2
  exit 1
fi
sudo=()
[ "$(id -u)" -eq 0 ] || sudo=(sudo)
echo "安装 (installing): ${missing[*]}"
"${sudo[@]}" apt-get update -qq
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
