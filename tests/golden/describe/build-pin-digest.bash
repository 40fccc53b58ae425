# bash completion for build-pin-digest: source this file, or put it into /etc/bash_completion.d.
_build_pin_digest() {
  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  case "$previous" in
    --image) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --base) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --platform) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --layer) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --model) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --compression) mapfile -t COMPREPLY < <(compgen -W 'auto none gzip' -- "$word"); return ;;
    --entrypoint) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --cmd) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --env) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --label) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --annotation) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --user) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --workdir) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --plain-http) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --ca-file) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --sign-key) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --sign-model) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --model-bundle) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --generate-key-pair) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --pin) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --describe) mapfile -t COMPREPLY < <(compgen -W 'tekton-task tekton-stepaction argo kfp markdown man json completion' -- "$word"); return ;;
    --log-format) mapfile -t COMPREPLY < <(compgen -W 'text json' -- "$word"); return ;;
    --log-level) mapfile -t COMPREPLY < <(compgen -W 'debug info warning error' -- "$word"); return ;;
    --results-dir) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --result) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --timeout) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --on-reject) mapfile -t COMPREPLY < <(compgen -W 'fail report' -- "$word"); return ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W '--image --base --platform --layer --model --compression --entrypoint --cmd --env --label --annotation --user --workdir --plain-http --ca-file --sign-key --sign-model --model-bundle --generate-key-pair --pin --check --diff --drop-tag --help --version --describe --log-format --log-level --results-dir --result --timeout --dry-run --on-reject' -- "$word")
}
complete -F _build_pin_digest build-pin-digest
