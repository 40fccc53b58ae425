# bash completion for preprocess-runner: source this file, or put it into /etc/bash_completion.d.
_preprocess_runner() {
  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  case "$previous" in
    --input) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --output) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --command) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --transform) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --schema) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --infer-schema) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --max-violations) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --profile-dir) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --report) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --cache-dir) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --code) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --env) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --image) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --data-version) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --describe) mapfile -t COMPREPLY < <(compgen -W 'tekton-task tekton-stepaction argo kfp markdown man json completion' -- "$word"); return ;;
    --log-format) mapfile -t COMPREPLY < <(compgen -W 'text json' -- "$word"); return ;;
    --log-level) mapfile -t COMPREPLY < <(compgen -W 'debug info warning error' -- "$word"); return ;;
    --results-dir) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --result) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --timeout) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --on-reject) mapfile -t COMPREPLY < <(compgen -W 'fail report' -- "$word"); return ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W '--input --output --command --transform --schema --infer-schema --max-violations --profile-dir --report --cache-dir --no-cache --print-key --explain-cache --code --env --image --data-version --help --version --describe --log-format --log-level --results-dir --result --timeout --dry-run --on-reject' -- "$word")
}
complete -F _preprocess_runner preprocess-runner
