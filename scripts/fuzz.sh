#!/usr/bin/env bash
# Sends malformed and well-formed requests to every route of the API (schemathesis, from its OpenAPI
# document) and fails where the server answers with a 5xx. FUZZ_REQUESTS says how many at least
# malformed ones (20,000). FUZZ_PYTHON names a Python that has schemathesis; without the variable it is installed
# into a virtual environment below .build.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ -z "${FUZZ_PYTHON:-}" ]; then
  FUZZ_PYTHON=$PWD/.build/fuzz-python/bin/python
  if [ ! -x "$FUZZ_PYTHON" ]; then
    echo "安装 schemathesis (installing schemathesis)" >&2
    python3 -m venv .build/fuzz-python
    "$FUZZ_PYTHON" -m pip install --quiet schemathesis
  fi
fi
export CANTEEN_DATABASE_URL=$CANTEEN_TEST_DATABASE CANTEEN_BY=fuzz
home=$(mktemp -d)
export CANTEEN_HOME=$home
port=${FUZZ_PORT:-18765}
canteen=.build/debug/canteen
noon=2026-10-30T12:04:00
"$canteen" db migrate >/dev/null
"$canteen" sample write "$home/sample" >/dev/null
for command in "region import $home/sample/regions.csv" "canteen import $home/sample/canteens.csv" \
  "roster import $home/sample/roster.csv" "policy examples --to $home/sample" \
  "policy activate $home/sample/example-age-bands.yaml" "menu publish $home/sample/menu.csv"; do
  # shellcheck disable=SC2086 # a command and its words
  "$canteen" $command >/dev/null 2>&1
done
echo 2580 | "$canteen" staff add fuzz --role administrator --now "$noon" >/dev/null
"$canteen" serve --port "$port" --now "$noon" 2>"$home/log" &
server=$!
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; rm -rf "$home"' EXIT
"$FUZZ_PYTHON" scripts/fuzz.py "http://127.0.0.1:$port" "$canteen" "${FUZZ_REQUESTS:-20000}" "$noon" || {
  grep -iE 'error|fault' "$home/log" | sort | uniq -c | sort -rn | head -20 >&2
  exit 1
}
