#!/usr/bin/env bash
# The main job on an invented community: every step is an ordinary command.
set -euo pipefail
cd "$(dirname "$0")/.."

canteen=$PWD/.build/debug/canteen
export CANTEEN_BY=${CANTEEN_BY:-演示}
# Never the user's own books: neither the usual data folder nor a database named elsewhere.
unset CANTEEN_DATABASE_URL CANTEEN_KEY_FILE
home=${CANTEEN_DEMO_HOME:-}
if [ -z "$home" ]; then
  # As root the database runs as an unprivileged user, who has to reach its folder.
  if [ "$(id -u)" -eq 0 ]; then home=/var/lib/canteen-demo; else home=$PWD/.build/demo; fi
fi
export CANTEEN_HOME=$home
files=$PWD/demo-output
[ -d "$home/postgres" ] && echo "此前运行过演示：再次运行是安全的，不会重复计数。(Run before; running again counts nothing twice.)"

# The sample lies in 2026: on a machine whose clock stands before it, the commands are given a later one,
# since a meal that has not been eaten yet is refused.
clock=()
[ "$(date +%Y%m%d)" -ge 20261103 ] || clock=(--now 2026-11-03T12:00:00)

# Prints a command, runs it, and holds it to the status that is expected.
run() {
  local expected=$1 status=0
  shift
  printf '\n$ canteen %s\n' "$*"
  "$canteen" "$@" ${clock[@]+"${clock[@]}"} || status=$?
  case " $expected " in
  *" $status "*) ;;
  *)
    echo "退出码 $status，应为 $expected (unexpected exit status)" >&2
    exit 1
    ;;
  esac
}

run 0 db start
run 0 sample write "$files/sample"
run 0 region import "$files/sample/regions.csv"
run 0 canteen import "$files/sample/canteens.csv"
run 0 roster import "$files/sample/roster.csv"
run 0 policy examples --to "$files/policies"
run 0 policy activate "$files/policies/example-age-bands.yaml"
run 0 menu publish "$files/sample/menu.csv"
run 0 check-in import "$files/sample/sign-ins.csv"
echo
echo "柜台：同一位老人刷两次卡，第二次不予执行并说明原因。(At the counter: the second time is refused.)"
# On a second run of the demo the first of these is refused as well: the meal was taken.
run "0 2" check-in one SMP000001 --canteen XFS-01 --period lunch --price 12.00 --day 2026-11-02 --time 12:04
run 2 check-in one SMP000001 --canteen XFS-01 --period lunch --price 12.00 --day 2026-11-02 --time 12:09
for code in DFL-01 XFS-01; do
  run 0 day close --canteen "$code" --through 2026-10-31
done
# 3: findings for a person to look at; the sample has a few.
run "0 3" reconcile --through 2026-10-31
for code in DFL-01 XFS-01; do
  if "$canteen" statement show "$code-2026-10" >/dev/null 2>&1; then
    echo "结算单 $code-2026-10 此前已结。(closed before)"
  else
    run 0 statement close --canteen "$code" --month 2026-10
  fi
  run 0 statement export "$code-2026-10" --format all --out "$files"
done
run 0 statement show XFS-01-2026-10

cat <<END

导出的文件在 $files (exported files)
接下来可以试试 (try next):
  export CANTEEN_HOME=$home
  .build/debug/canteen statement show XFS-01-2026-10 --lines --format csv
  .build/debug/canteen audit verify
  .build/debug/canteen serve
停止数据库 (stop the database): .build/debug/canteen db stop
END
