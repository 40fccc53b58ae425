# bash completion for register-model: source this file, or put it into /etc/bash_completion.d.
_register_model() {
  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  case "$previous" in
    --registry) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --name) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --model) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --storage-uri) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --run-id) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --description) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --training-record) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --data-version) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --image-ref) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --tag) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --attach) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --gate-report) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --model-signature) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --key) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --describe) mapfile -t COMPREPLY < <(compgen -W 'tekton-task tekton-stepaction argo kfp markdown man json completion' -- "$word"); return ;;
    --log-format) mapfile -t COMPREPLY < <(compgen -W 'text json' -- "$word"); return ;;
    --log-level) mapfile -t COMPREPLY < <(compgen -W 'debug info warning error' -- "$word"); return ;;
    --results-dir) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --result) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --timeout) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --on-reject) mapfile -t COMPREPLY < <(compgen -W 'fail report' -- "$word"); return ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W '--registry --name --model --storage-uri --run-id --description --training-record --data-version --image-ref --tag --attach --gate-report --require-gate --model-signature --key --require-signature --help --version --describe --log-format --log-level --results-dir --result --timeout --dry-run --on-reject' -- "$word")
}
complete -F _register_model register-model
