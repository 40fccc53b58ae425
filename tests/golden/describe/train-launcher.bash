# bash completion for train-launcher: source this file, or put it into /etc/bash_completion.d.
_train_launcher() {
  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  case "$previous" in
    --command) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --working-dir) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --param) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --data) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --env) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --seed) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --model-dir) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --metrics-file) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --metric-regex) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --record) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --stop-if) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --max-idle) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --grace) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --progress-regex) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --describe) mapfile -t COMPREPLY < <(compgen -W 'tekton-task tekton-stepaction argo kfp markdown man json completion' -- "$word"); return ;;
    --log-format) mapfile -t COMPREPLY < <(compgen -W 'text json' -- "$word"); return ;;
    --log-level) mapfile -t COMPREPLY < <(compgen -W 'debug info warning error' -- "$word"); return ;;
    --results-dir) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --result) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --timeout) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --on-reject) mapfile -t COMPREPLY < <(compgen -W 'fail report' -- "$word"); return ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W '--command --working-dir --param --data --env --seed --model-dir --metrics-file --stdout-metrics --metric-regex --record --stop-if --max-idle --grace --progress-regex --help --version --describe --log-format --log-level --results-dir --result --timeout --dry-run --on-reject' -- "$word")
}
complete -F _train_launcher train-launcher
