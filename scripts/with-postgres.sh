#!/usr/bin/env bash
# Runs a command with a throwaway PostgreSQL: CANTEEN_TEST_DATABASE names it. It listens on a Unix
# socket only and is gone afterwards. DURABLE=1, for benchmarks, keeps fsync on and gives it what the
# embedded server has: 1 GB for pages, as on a machine of 8 GB or more, and no compiler.
set -euo pipefail

bin=$( (compgen -G '/usr/lib/postgresql/*/bin' || true) | sort -V | tail -n 1)
[ -n "$bin" ] || bin=$(pg_config --bindir)
folder=$(mktemp -d /tmp/canteen-pg.XXXXXX)
as=()
if [ "$(id -u)" -eq 0 ]; then
  # PostgreSQL refuses to run as root.
  as=(runuser -u postgres --)
  chown postgres "$folder"
fi
stop() {
  "${as[@]}" "$bin/pg_ctl" -D "$folder/data" -m fast -w stop >/dev/null 2>&1 || true
  rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT TERM

cd "$folder"
"${as[@]}" "$bin/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 >/dev/null
durable=(-c fsync=off -c full_page_writes=off -c synchronous_commit=off)
[ "${DURABLE:-0}" = 1 ] && durable=(-c shared_buffers=1GB -c jit=off)
"${as[@]}" "$bin/pg_ctl" -D "$folder/data" -l "$folder/log" -w \
  -o "-k $folder -c listen_addresses='' -c max_connections=200 -c log_min_messages=fatal ${durable[*]}" \
  start >/dev/null
cd - >/dev/null
export CANTEEN_TEST_DATABASE="postgresql://postgres@/postgres?host=$folder"
"$@"
