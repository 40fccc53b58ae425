# What a pipeline engine does, in bash: runs each step with its own results directory, hands results on, remembers work that
# was done for the same inputs, and keeps the table of what happened. Sourced by run.sh.
#
# Uses $bin (the executables) and $work (everything that is made).

rows=()          # name|verdict|milliseconds|remark
failed_step=     # the step that ended the flow
failed_code=0

say() { printf '\n== %s\n' "$*" >&2; }

milliseconds() { echo $((${EPOCHREALTIME/[.,]/} / 1000)); }

# quoted WORD: as a person would type it, with the long directories by name.
quoted() {
  local word=${1//"$work"/'$work'}
  word=${word//"$here"/'$here'}
  if [[ $word =~ ^[]a-zA-Z0-9_@%+=:,./\$[-]*$ ]]; then printf '%s' "$word"; else printf "'%s'" "${word//\'/\'\\\'\'}"; fi
}

# shown COMMAND...: the command line, folded.
shown() {
  local line="   \$" word
  for word; do
    word=$(quoted "$word")
    if [[ $word == --* && ${#line} -gt 80 ]]; then
      echo "$line \\" >&2
      line="       "
    fi
    line+=" $word"
  done
  echo "$line" >&2
}

# step NAME EXECUTABLE OPTION...: one step. Its results are files in $work/results/NAME, its log goes to the terminal and to
# $work/logs/NAME.log, its exit code is kept and returned.
step() {
  local name=$1 executable=$2 begun ended code=0
  shift 2
  say "$name"
  shown "$executable" --results-dir "$work/results/$name" "$@"
  mkdir -p "$work/logs"
  begun=$(milliseconds)
  "$bin/$executable" --results-dir "$work/results/$name" "$@" 2>&1 | tee "$work/logs/$name.log" | sed -u 's/^/   /' >&2 ||
    code=${PIPESTATUS[0]}
  ended=$(milliseconds)
  rows+=("$name|$(verdict_of "$name" "$code")|$((ended - begun))|$(remark "$name")")
  [ "$code" = 0 ] || { failed_step=$name failed_code=$code; }
  return "$code"
}

# cached NAME: the row of a step that an engine would not start again.
cached() {
  say "$1: done before, with the same inputs"
  rows+=("$1|cached|0|$(remark "$1")")
}

verdict_of() {
  case $2 in
    0) if [ "$(result "$1" verdict)" = warn ]; then echo warn; else echo ok; fi ;;
    10) echo "rejected (10)" ;;
    *) echo "failed ($2)" ;;
  esac
}

# result NAME RESULT: what a step has handed on; nothing when there is none.
result() { cat "$work/results/$1/$2" 2>/dev/null || true; }

# The one or two results of a step that a person wants to see in the table.
remark() {
  local name=$1 text
  case $name in
    *preprocess*) text="cache hit: $(result "$name" cache-hit), rows: $(result "$name" rows-out)" ;;
    *train) text="model $(result "$name" model-digest | cut -c8-19)" ;;
    *build) text="image $(result "$name" IMAGE_DIGEST | cut -c8-19)" ;;
    *verify*) text="$(result "$name" verdict), $(result "$name" verified-count) signatures" ;;
    *gate) text="$(result "$name" passed-count) gates hold, $(result "$name" headline-metric)" ;;
    *register) text="version $(result "$name" model-version), created: $(result "$name" created)" ;;
    *challenger | *champion) text="version $(result "$name" version), changed: $(result "$name" changed)" ;;
    *deploy) text="commit $(result "$name" commit | cut -c1-12), changed: $(result "$name" changed)" ;;
  esac
  case $name in *gate) [ -z "$(result "$name" failed-gates)" ] || text="fails: $(result "$name" failed-gates)" ;; esac
  echo "${text-}"
}

# key_of TEXT...: a short name for the given inputs; a file stands for its content, anything else for itself.
key_of() {
  local input
  for input in "$@"; do
    if [ -f "$input" ]; then sha256sum <"$input"; else echo "$input"; fi
  done | sha256sum | cut -c1-16
}

table() {
  local row name verdict time remark
  printf '\n%-24s %-14s %11s  %s\n' step verdict time "" >&2
  for row in "${rows[@]}"; do
    IFS='|' read -r name verdict time remark <<<"$row"
    printf '%-24s %-14s %6d.%02d s  %s\n' "$name" "$verdict" $((time / 1000)) $((time % 1000 / 10)) "$remark" >&2
  done
}
