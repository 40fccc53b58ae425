# bash completion for eval-gate: source this file, or put it into /etc/bash_completion.d.
_eval_gate() {
  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  case "$previous" in
    --gates) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --predictions) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --champion-predictions) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --metrics) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --profile) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --reference-profile) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --endpoint) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --registry) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --model-name) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --model-digest) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --report-dir) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --describe) mapfile -t COMPREPLY < <(compgen -W 'tekton-task tekton-stepaction argo kfp markdown man json completion' -- "$word"); return ;;
    --log-format) mapfile -t COMPREPLY < <(compgen -W 'text json' -- "$word"); return ;;
    --log-level) mapfile -t COMPREPLY < <(compgen -W 'debug info warning error' -- "$word"); return ;;
    --results-dir) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --result) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --timeout) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --on-reject) mapfile -t COMPREPLY < <(compgen -W 'fail report' -- "$word"); return ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W '--gates --predictions --champion-predictions --metrics --profile --reference-profile --endpoint --registry --model-name --model-digest --report-dir --help --version --describe --log-format --log-level --results-dir --result --timeout --dry-run --on-reject' -- "$word")
}
complete -F _eval_gate eval-gate
