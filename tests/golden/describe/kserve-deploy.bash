# bash completion for kserve-deploy: source this file, or put it into /etc/bash_completion.d.
_kserve_deploy() {
  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  case "$previous" in
    --mode) mapfile -t COMPREPLY < <(compgen -W 'render gitops' -- "$word"); return ;;
    --model) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --registry) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --require-alias) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --key) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --plain-http) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --ca-file) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --manifest) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --output) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --name) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --namespace) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --model-format) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --runtime) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --protocol) mapfile -t COMPREPLY < <(compgen -W 'v1 v2 grpc-v1 grpc-v2' -- "$word"); return ;;
    --service-account) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --min-replicas) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --max-replicas) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --cpu) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --memory) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --gpus) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --git-dir) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --git-url) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --git-branch) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --path) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --author) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --describe) mapfile -t COMPREPLY < <(compgen -W 'tekton-task tekton-stepaction argo kfp markdown man json completion' -- "$word"); return ;;
    --log-format) mapfile -t COMPREPLY < <(compgen -W 'text json' -- "$word"); return ;;
    --log-level) mapfile -t COMPREPLY < <(compgen -W 'debug info warning error' -- "$word"); return ;;
    --results-dir) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --result) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --timeout) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --on-reject) mapfile -t COMPREPLY < <(compgen -W 'fail report' -- "$word"); return ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W '--mode --model --registry --require-alias --require-signature --key --plain-http --ca-file --manifest --output --name --namespace --model-format --runtime --protocol --service-account --min-replicas --max-replicas --cpu --memory --gpus --git-dir --git-url --git-branch --path --author --push --status --rollback --help --version --describe --log-format --log-level --results-dir --result --timeout --dry-run --on-reject' -- "$word")
}
complete -F _kserve_deploy kserve-deploy
