# bash completion for verify-signature: source this file, or put it into /etc/bash_completion.d.
_verify_signature() {
  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  case "$previous" in
    --image) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --blob) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --model) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --bundle) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --ignore-path) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --key) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --annotation) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --plain-http) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --ca-file) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --output) mapfile -t COMPREPLY < <(compgen -W 'text json' -- "$word"); return ;;
    --describe) mapfile -t COMPREPLY < <(compgen -W 'tekton-task tekton-stepaction argo kfp markdown man json completion' -- "$word"); return ;;
    --log-format) mapfile -t COMPREPLY < <(compgen -W 'text json' -- "$word"); return ;;
    --log-level) mapfile -t COMPREPLY < <(compgen -W 'debug info warning error' -- "$word"); return ;;
    --results-dir) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --result) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --timeout) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --on-reject) mapfile -t COMPREPLY < <(compgen -W 'fail report' -- "$word"); return ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W '--image --blob --model --bundle --ignore-path --key --annotation --check-reference --any-predicate --plain-http --ca-file --output --help --version --describe --log-format --log-level --results-dir --result --timeout --dry-run --on-reject' -- "$word")
}
complete -F _verify_signature verify-signature
