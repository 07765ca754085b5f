#!/usr/bin/env bash
# Runs the built tests in two halves beside each other, each with a throwaway PostgreSQL of its own.
# Within a half they go one by one: many stop servers, kill backends or count what the process did.
set -euo pipefail
cd "$(dirname "$0")/.."

larger='^CanteenServicesTests\.'
bin=$(swift build --show-bin-path)
log=$(mktemp)
# SwiftPM lets one `swift test` run at a time; the other half is run as it runs tests itself.
# A group of its own, so that all of it ends when this does.
setsid scripts/with-postgres.sh "$bin/canteenPackageTests.xctest" --testing-library swift-testing \
  --no-parallel --skip "$larger" >"$log" 2>&1 &
other=$!
stop() {
  if [ -n "$other" ]; then
    kill -TERM -- "-$other" 2>/dev/null || true
    wait "$other" || true
  fi
  cat "$log"
  rm -f "$log"
}
trap stop EXIT
trap 'exit 130' INT TERM

first=0
scripts/with-postgres.sh swift test --skip-build --no-parallel --filter "$larger" || first=$?
second=0
wait "$other" || second=$?
other=
exit $((first > second ? first : second))
