#!/usr/bin/env bash
# What train-launcher costs beside the bare command: at the start, and on a long log. Both are run in turns in the same
# minute; the figures are medians. The bare command's log goes through a pipe to cat, as every container's log does.
# Usage: tests/bench/train_launcher.sh [BUILD_DIR]
set -euo pipefail

build=${1:-${MLSTEPS_BUILD:-$(cd "$(dirname "$0")/../.." && pwd)/build}}
launcher=$build/bin/train-launcher
[ -x "$launcher" ] || { echo "no $launcher; build first, or give the build directory" >&2; exit 2; }
rounds=41
lines=10000000

now() { date +%s%N; }

# milliseconds COMMAND...: how long it ran.
milliseconds() {
  local begun ended
  begun=$(now)
  "$@" >/dev/null 2>&1
  ended=$(now)
  echo $(((ended - begun) / 1000)) | awk '{printf "%.3f\n", $1 / 1000}'
}

piped() { "$@" 2>&1 | cat; }

median() { sort -n | awk '{value[NR] = $1} END {print value[int((NR + 1) / 2)]}'; }

# side_by_side ROUNDS NAME: bare and launched in turns.
side_by_side() {
  local count=$1 name=$2 round bare launched
  shift 2
  work=$(mktemp -d)
  for ((round = 0; round < count; ++round)); do
    milliseconds piped "$@" >>"$work/bare"
    milliseconds "$launcher" -- "$@" >>"$work/launched"
  done
  bare=$(median <"$work/bare") launched=$(median <"$work/launched")
  rm -rf "$work"
  awk -v name="$name" -v bare="$bare" -v launched="$launched" 'BEGIN {
    printf "%-34s %10.1f ms %10.1f ms %+9.1f ms %7.2fx\n", name, bare, launched, launched - bare, launched / bare }'
}

printf '%-34s %13s %13s %12s %8s\n' "" bare launched overhead ratio
side_by_side $rounds "start (true)" true
# A program that computes what it prints: about a million lines a second.
side_by_side 5 "Python printing 3 million lines" python3 -c '
for step in range(3_000_000): print(f"step={step} loss={1 / (step + 1):.6f}")'
# The flood: more than any training prints.
side_by_side 5 "flood of $((lines / 1000000)) million lines" sh -c "yes 'step=100 loss=0.25 lr=0.001' | head -n $lines"
side_by_side 5 "the same without metrics in it" sh -c "yes 'some line of a log, 32 bytes' | head -n $lines"
