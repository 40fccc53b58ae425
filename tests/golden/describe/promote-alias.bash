# bash completion for promote-alias: source this file, or put it into /etc/bash_completion.d.
_promote_alias() {
  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  case "$previous" in
    --registry) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --name) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --model-version) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --model-uri) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --to) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --to-version) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --format) mapfile -t COMPREPLY < <(compgen -W 'table json' -- "$word"); return ;;
    --policy) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --expect-version) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --approval) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --key) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --ledger) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --reason) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --actor) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --describe) mapfile -t COMPREPLY < <(compgen -W 'tekton-task tekton-stepaction argo kfp markdown man json completion' -- "$word"); return ;;
    --log-format) mapfile -t COMPREPLY < <(compgen -W 'text json' -- "$word"); return ;;
    --log-level) mapfile -t COMPREPLY < <(compgen -W 'debug info warning error' -- "$word"); return ;;
    --results-dir) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --result) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --timeout) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --on-reject) mapfile -t COMPREPLY < <(compgen -W 'fail report' -- "$word"); return ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W '--registry --name --model-version --model-uri --to --rollback --to-version --plan --status --history --verify-ledger --print-policy --format --policy --expect-version --approval --key --ledger --reason --actor --help --version --describe --log-format --log-level --results-dir --result --timeout --dry-run --on-reject' -- "$word")
}
complete -F _promote_alias promote-alias
