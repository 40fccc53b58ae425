#!/usr/bin/env bash
# All tests, with everything they need: installs, builds with g++ and clang, checks format and lint, runs the unit tests
# plain and under AddressSanitizer and UBSan, replays the fuzz corpora, runs the executables against real counterparts.
#
#   tests/run.sh                       everything
#   tests/run.sh --skip-integration    without the tests that need MLflow, registries and other programs
#   tests/run.sh --only REGEX          only the ctest entries whose names match (after the same set-up)
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
cache=${MLSTEPS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/mlsteps}
export CCACHE_DIR=${CCACHE_DIR:-$cache/ccache} CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1
jobs=$(nproc)
selection=()

while [ $# -gt 0 ]; do
  case $1 in
    --skip-integration) selection=(--label-exclude 'integration|steps'); shift ;;
    --only) selection=(--tests-regex "$2"); shift 2 ;;
    *) echo "tests/run.sh: unknown option $1" >&2; exit 2 ;;
  esac
done

passed=0
failed=0
failures=()

# stage NAME COMMAND...: one line of the summary.
stage() {
  local name=$1 started=$SECONDS
  shift
  echo "=== $name"
  if "$@"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    failures+=("$name")
  fi
  echo "=== $name: $((SECONDS - started)) s"
}

# build DIRECTORY TARGET CMAKE_OPTION...
build() {
  local directory=$1 target=$2
  shift 2
  cmake -S . -B "$directory" -G Ninja -DMLSTEPS_WERROR=ON "$@" >/dev/null &&
    cmake --build "$directory" -j "$jobs" --target "$target" | grep -vE '^\[[0-9]+/[0-9]+\] '
  return "${PIPESTATUS[0]}"
}

check_format() {
  git ls-files -co --exclude-standard '*.cpp' '*.hpp' | xargs clang-format --dry-run --Werror
}

# ctest's own report goes into the log; its counts go into ours.
run_ctest() {
  local directory=$1 log
  shift
  log=$(mktemp)
  ctest --test-dir "$directory" --output-on-failure --no-tests=error -j "$jobs" "$@" 2>&1 | tee "$log"
  local bad
  bad=$(sed -n 's/.*tests passed, \([0-9]*\) tests failed out of \([0-9]*\).*/\1 \2/p' "$log")
  rm -f "$log"
  [ -n "$bad" ] || { failed=$((failed + 1)); failures+=("ctest in $directory did not finish"); return 0; }
  set -- $bad
  passed=$((passed + $2 - $1))
  failed=$((failed + $1))
  [ "$1" = 0 ] || failures+=("$1 of ctest in $directory")
}

stage "install" tests/support/install.sh
stage "format" check_format
stage "build with g++" build build all
# -g1: line numbers for the reports, at a third of the cost of everything.
stage "build the unit tests and fuzz replays with clang, ASan and UBSan" build build-asan self_contained \
  -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS_DEBUG=-g1 -DCMAKE_CXX_COMPILER=clang++ -DMLSTEPS_SANITIZE=address,undefined
stage "clang-tidy" tests/support/tidy.py build
run_ctest build-asan "${selection[@]}"
run_ctest build "${selection[@]}"

echo
for each in "${failures[@]}"; do echo "failed: $each"; done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
