#!/usr/bin/env bash
# Runs the benchmarks (ONLY=section for one), prints a table and writes bench.json.
# One opponent of the section client is asyncpg: BENCH_PYTHON names a Python that has it; without
# the variable it is installed into a virtual environment below .build.
set -euo pipefail
cd "$(dirname "$0")/.."

bench=.build/release/postgres-bench
swift build -c release --product postgres-bench
swift build -c release --product policy-bench
parts=$(mktemp -d)
trap 'rm -rf "$parts"' EXIT
if [ -z "${ONLY:-}" ] || [ "$ONLY" = client ]; then
  if [ -z "${BENCH_PYTHON:-}" ]; then
    BENCH_PYTHON=$PWD/.build/bench-python/bin/python
    if [ ! -x "$BENCH_PYTHON" ]; then
      echo "安装对比用的 asyncpg 与 uvloop (installing an opponent)" >&2
      python3 -m venv .build/bench-python
      "$BENCH_PYTHON" -m pip install --quiet asyncpg uvloop
    fi
  fi
  export BENCH_PYTHON
  # shellcheck disable=SC2016 # the inner shell knows the database
  DURABLE=1 scripts/with-postgres.sh sh -c '"$1" --database-url "$CANTEEN_TEST_DATABASE" \
    --python "$BENCH_PYTHON"' sh "$bench" >"$parts/client.json"
fi
if [ -z "${ONLY:-}" ] || [ "$ONLY" = policy ]; then
  scripts/with-postgres.sh .build/release/policy-bench >"$parts/policy.json"
fi
if [ -z "${ONLY:-}" ] || [ "$ONLY" = registry ]; then
  swift build -c release --product registry-bench
  # shellcheck disable=SC2016 # the inner shell knows the database
  DURABLE=1 scripts/with-postgres.sh sh -c '"$1" --database-url "$CANTEEN_TEST_DATABASE" \
    --diners "${BENCH_DINERS:-1000000}"' sh .build/release/registry-bench >"$parts/registry.json"
fi
if [ -z "${ONLY:-}" ] || [ "$ONLY" = reconcile ]; then
  swift build -c release --product reconcile-bench
  # shellcheck disable=SC2016 # the inner shell knows the database
  DURABLE=1 scripts/with-postgres.sh sh -c '"$1" --database-url "$CANTEEN_TEST_DATABASE" \
    --months "${BENCH_MONTHS:-24}"' sh .build/release/reconcile-bench >"$parts/reconcile.json"
fi
if [ -z "${ONLY:-}" ] || [ "$ONLY" = check-in ]; then
  scripts/install.sh bench
  swift build -c release --product check-in-bench
  # As the Dockerfile ships it; in a folder of its own, or each would compile all of the other's again.
  shipped=(-c release --static-swift-stdlib --scratch-path .build-static)
  swift build "${shipped[@]}" --product canteen
  # shellcheck disable=SC2016 # the inner shell knows the database
  DURABLE=1 scripts/with-postgres.sh sh -c '"$1" --database-url "$CANTEEN_TEST_DATABASE" \
    --canteen "$2" --meals "${BENCH_MEALS:-1000000}"' sh .build/release/check-in-bench \
    "$(swift build "${shipped[@]}" --show-bin-path)/canteen" >"$parts/check-in.json"
fi
if [ -z "${ONLY:-}" ] || [ "$ONLY" = statement ]; then
  swift build -c release --product statement-bench
  # shellcheck disable=SC2016 # the inner shell knows the database
  DURABLE=1 scripts/with-postgres.sh sh -c '"$1" --database-url "$CANTEEN_TEST_DATABASE"' sh \
    .build/release/statement-bench >"$parts/statement.json"
fi
python3 - "$parts" <<'END'
import json, pathlib, sys
rows = []
for part in sorted(pathlib.Path(sys.argv[1]).glob("*.json")):
    # An array, or one object a line.
    text = part.read_text()
    rows += json.loads(text) if text.startswith("[") else map(json.loads, text.splitlines())
pathlib.Path("bench.json").write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
print(f"{'name':40} {'ratio':>12} {'ours':>14} {'theirs':>14}  unit")
for row in rows:
    theirs = "" if row["theirs"] is None else f"{row['theirs']:.4g}"
    print(f"{row['name']:40} {row['ratio']:>12.3f} {row['ours']:>14.4g} {theirs:>14}  {row['unit']}")
END
