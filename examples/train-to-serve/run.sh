#!/usr/bin/env bash
# From data to serving on one machine: a model is prepared, trained, packaged, signed, verified, gated, registered, promoted
# and deployed as a commit, each by one executable that is called as a pipeline would call it. Run it again: nothing changes.
usage() {
  cat <<'END'
usage: examples/train-to-serve/run.sh [OPTION]...

  --change-data    a clinic has corrected a part of its values: everything that depends on them is made again
  --bad-model      training has gone wrong unnoticed: a gate stops the model
  --tamper         somebody changes the model after it was signed: the verification stops it
  --drift          the requests have changed since training: the data-quality gate stops the model
  --mlflow URL     use this MLflow server as the registry (needs --registry: KServe cannot fetch from MLflow's proxy)
  --registry HOST  push the image to this registry, such as 127.0.0.1:5000 (without TLS on the loopback)
  --work DIR       where everything is kept (default: build/train-to-serve)
  --help           this text

It ends with 0 when all went as it should: for --bad-model, --tamper and --drift that is when the flow was stopped at the right
place. With MLSTEPS_BUILD, the executables of that build directory are used and nothing is installed or built but the
environment of the training code.
END
}

set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
cache=${MLSTEPS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/mlsteps}
work=$root/build/train-to-serve
variant=
plain_options=() # all but the variant
mlflow=
image_registry=
while [ $# -gt 0 ]; do
  case $1 in
    --change-data | --bad-model | --tamper | --drift) variant=${1#--} && shift ;;
    --mlflow) mlflow=${2:?--mlflow needs a URL} plain_options+=("$1" "$2") && shift 2 ;;
    --registry) image_registry=${2:?--registry needs HOST or HOST:PORT} plain_options+=("$1" "$2") && shift 2 ;;
    --work) work=${2:?--work needs a directory} plain_options+=("$1" "$2") && shift 2 ;;
    --help) usage && exit 0 ;;
    *) echo "run.sh: unknown option '$1'; try --help" >&2 && exit 2 ;;
  esac
done
if [ -n "$mlflow" ] && [ -z "$image_registry" ]; then
  echo "run.sh: --mlflow needs --registry HOST: KServe cannot fetch a model from MLflow's proxy, so it is deployed as an image" >&2
  exit 2
fi
mkdir -p "$work"
work=$(cd "$work" && pwd)
# shellcheck source=pipeline.sh
. "$here/pipeline.sh"

# One run at a time in a work directory. The flow that comes first (below) runs under the same lock.
if [ -z "${MLSTEPS_RUN_LOCKED:-}" ]; then
  exec 9>"$work/.lock"
  flock --nonblock 9 || { echo "run.sh: another run is at work in $work" >&2 && exit 4; }
  export MLSTEPS_RUN_LOCKED=1
fi

# ---- What the machine needs -------------------------------------------------------------------------------------------------

build_steps() {
  if [ -n "${MLSTEPS_BUILD:-}" ]; then
    bin=$MLSTEPS_BUILD/bin
    return
  fi
  say "installing what the build needs"
  "$root/common/cmake/install.sh"
  say "building the eight executables"
  [ -e "$root/build/build.ninja" ] || cmake -S "$root" -B "$root/build" -G Ninja -DMLSTEPS_TESTS=OFF >/dev/null
  # shellcheck disable=SC2046
  cmake --build "$root/build" --target $(cd "$root/steps" && echo *) >&2
  bin=$root/build/bin
}

# The team's own training code is Python; mlsteps is not.
make_python() {
  local environment=$cache/train-to-serve
  python=$environment/bin/python
  [ ! -e "$environment/.installed" ] || return 0
  say "installing scikit-learn for the training code"
  # shellcheck source=../../common/cmake/install.sh
  (. "$root/common/cmake/install.sh" && apt_install python3 python3-venv)
  python3 -m venv --clear "$environment"
  "$python" -m pip install --quiet --disable-pip-version-check scikit-learn==1.9.1
  touch "$environment/.installed"
}

# ---- What a team has before the first run: a key pair, a repository for deployments ------------------------------------------

make_keys() {
  [ -e "$work/keys/password" ] || {
    mkdir -p "$work/keys"
    (umask 077 && head -c 24 /dev/urandom | base64 >"$work/keys/password")
  }
  COSIGN_PASSWORD=$(cat "$work/keys/password")
  export COSIGN_PASSWORD
  [ -e "$work/keys/cosign.pub" ] || step keys build-pin-digest --generate-key-pair "$work/keys/cosign"
}

make_gitops_checkout() {
  export GIT_AUTHOR_NAME=pipeline GIT_AUTHOR_EMAIL=pipeline@example.com
  export GIT_COMMITTER_NAME=pipeline GIT_COMMITTER_EMAIL=pipeline@example.com
  [ ! -e "$work/gitops/.git" ] || return 0
  git init --quiet --initial-branch=main "$work/gitops"
  echo "What runs on the cluster. Argo CD follows this repository." >"$work/gitops/README.md"
  git -C "$work/gitops" add README.md
  git -C "$work/gitops" commit --quiet -m "Begin"
}

# ---- The flow ---------------------------------------------------------------------------------------------------------------

export_data() {
  local options=()
  [ "$variant" != change-data ] || options+=(--correct-blood-pressure)
  [ "$variant" != drift ] || options+=(--drift)
  say "exporting the patients and the requests of the last days"
  "$python" "$here/prepare.py" --out "$work/data" "${options[@]}"
}

preprocess() {
  mkdir -p "$work/prepared"
  step preprocess preprocess-runner --input clinic="$work/data/patients.csv" --output patients="$work/prepared/patients.csv" \
    --transform "$here/transform.yaml" --schema clinic="$here/schema.yaml" --cache-dir "$work/cache" \
    --profile-dir "$work/prepared/profiles" --data-version "$work/prepared/data-version.json" \
    --report "$work/prepared/patients.html" || return
  step preprocess-requests preprocess-runner --input log="$work/data/requests.csv" \
    --output requests="$work/prepared/requests.csv" --transform "$here/requests.yaml" --cache-dir "$work/cache" \
    --profile-dir "$work/prepared/profiles"
}

# train ROUND FEATURES LABELS: sets $run, the directory of this very training: the same inputs lead to the same directory.
train() {
  local round=$1 features=$2 labels=$3
  run=$work/models/$(key_of "$work/prepared/patients.csv" "$here/train.py" "$features" "$labels")
  if [ -e "$run/done" ]; then
    rm -rf "$work/results/$round-train"
    cp -r "$run/train-results" "$work/results/$round-train"
    cached "$round-train"
    return
  fi
  rm -rf "$run"
  mkdir -p "$run"
  step "$round-train" train-launcher --seed 442 --param features="$features" --param labels="$labels" \
    --data patients="$work/prepared/patients.csv" --model-dir "$run/model" --metrics-file "$run/metrics.json" \
    --record "$run/training-record.json" --progress-regex 'fold ([0-9]+)/([0-9]+)' --max-idle 5m --timeout 1h \
    -- "$python" "$here/train.py" --data '{data.patients}' --model-dir '{model-dir}' --metrics '{metrics-file}' \
    --predictions "$run/predictions.csv" --features '{param.features}' --labels '{param.labels}' --seed '{seed}' || return
  cp -r "$work/results/$round-train" "$run/train-results"
  touch "$run/done"
}

# The image's tag is the model's digest: a tag that never moves.
build_and_sign() {
  local round=$1 digest
  digest=$(result "$round-train" model-digest)
  image=oci:$work/images:diabetes-${digest:7:12}
  plain_http=()
  if [ -n "$image_registry" ]; then
    image=$image_registry/diabetes:${digest:7:12}
    case $image_registry in 127.* | localhost* | '[::1]'*) plain_http=(--plain-http "$image_registry") ;; esac
  fi
  step "$round-build" build-pin-digest --image "$image" --base scratch --model "$run/model" "${plain_http[@]}" \
    --annotation org.opencontainers.image.title=diabetes --sign-key "$work/keys/cosign.key" \
    --sign-model "$run/model" --model-bundle "$run/model.sig"
}

# Somebody who can write to the volume replaces the model after it was signed.
tamper() {
  say "somebody changes the model after it was signed"
  rm -rf "$work/tampered"
  cp -r "$run" "$work/tampered"
  run=$work/tampered
  printf 'x' | dd of="$run/model/model.joblib" bs=1 seek=100 conv=notrunc status=none
}

verify() {
  step "$1-verify-image" verify-signature --image "$image" --key "$work/keys/cosign.pub" "${plain_http[@]}" || return
  step "$1-verify-model" verify-signature --model "$run/model" --bundle "$run/model.sig" --key "$work/keys/cosign.pub"
}

serve() {
  rm -f "$work/server.port"
  "$python" "$here/serve.py" --model-dir "$run/model" --name diabetes --port-file "$work/server.port" 9>&- &
  server=$!
  for _ in $(seq 600); do
    [ ! -e "$work/server.port" ] || return 0
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  echo "run.sh: the model server did not start" >&2
  return 4
}

stop_serving() {
  [ -z "${server:-}" ] || { kill "$server" 2>/dev/null && wait "$server" 2>/dev/null; } || true
  server=
}
trap stop_serving EXIT

# The digest of the champion's model, or nothing.
champion_digest() {
  "$bin/promote-alias" --registry "$registry" --name diabetes "${ledger[@]}" --status --format json --results-dir "$work/results/status" |
    "$python" -c 'import json, sys
status = json.load(sys.stdin)
print(next((each["model_digest"] for each in status["versions"] if "champion" in each["aliases"]), ""))'
}

gate() {
  local round=$1 digest rival key code=0
  digest=$(result "$round-train" model-digest)
  # A champion is not asked again to keep up with itself.
  rival=$(champion_digest) || return
  [ "$rival" != "$digest" ] || rival=$(cat "$run/rival" 2>/dev/null || true)
  key=$(key_of "$here/gates.yaml" "$run/predictions.csv" "$work/prepared/patients.csv" "$work/prepared/requests.csv" "$rival")
  report=$run/gates/$key
  if [ -e "$report/passed" ]; then
    rm -rf "$work/results/$round-gate"
    cp -r "$report/results" "$work/results/$round-gate"
    cached "$round-gate"
    return
  fi
  serve || return
  step "$round-gate" eval-gate --gates "$here/gates.yaml" --predictions "$run/predictions.csv" \
    --profile "$work/prepared/profiles/requests/profile.json" --reference-profile "$work/prepared/profiles/patients/profile.json" \
    --endpoint "http://127.0.0.1:$(cat "$work/server.port")" --registry "$registry" --model-name diabetes \
    --model-digest "$digest" --report-dir "$report" || code=$?
  stop_serving
  [ "$code" = 0 ] || return "$code"
  cp -r "$work/results/$round-gate" "$report/results"
  echo "$rival" >"$run/rival"
  touch "$report/passed"
}

register() {
  local round=$1 place=()
  # In a registry the image is where KServe fetches the model; without one, the model registry keeps the files.
  [ -z "$image_registry" ] || place=(--storage-uri "oci://$(result "$round-build" IMAGE_REF)")
  step "$round-register" register-model --registry "$registry" --name diabetes --model "$run/model" \
    --training-record "$run/training-record.json" --data-version "$work/prepared/data-version.json" \
    --image-ref "$(result "$round-build" IMAGE_REF)" --gate-report "$report/gate-report.json" --require-gate \
    --model-signature "$run/model.sig" --key "$work/keys/cosign.pub" --require-signature "${place[@]}"
}

# In a pipeline a person writes this file, or the engine's approval task does.
approve() {
  cat >"$work/approval.yaml" <<END
approver: alice@example.com
model: diabetes
version: $1
model_digest: $2
to: champion
expires: $(date -u -d '+1 day' +%Y-%m-%dT%H:%M:%SZ)
END
}

promote() {
  local round=$1 version champion
  version=$(result "$round-register" model-version)
  "$bin/promote-alias" --registry "$registry" --name diabetes "${ledger[@]}" --status --results-dir "$work/results/status" >/dev/null
  champion=$(result status version)
  local common=(--registry "$registry" --name diabetes --model-version "$version" --policy "$here/policy.yaml"
    --actor pipeline@example.com "${ledger[@]}")
  if [ "$champion" != "$version" ]; then
    step "$round-challenger" promote-alias "${common[@]}" --to challenger --reason "passed its gates" || return
    approve "$version" "$(result "$round-train" model-digest)"
  fi
  step "$round-champion" promote-alias "${common[@]}" --to champion --expect-version "${champion:-0}" \
    --approval "$work/approval.yaml" --reason "approved by alice"
}

deploy() {
  step "$1-deploy" kserve-deploy --mode gitops --model models:/diabetes@champion --registry "$registry" \
    --require-signature --key "$work/keys/cosign.pub" "${plain_http[@]}" --git-dir "$work/gitops" --path serving/diabetes.yaml \
    --name diabetes --namespace models --model-format sklearn --cpu 500m --memory 512Mi
}

# round NAME FEATURES LABELS: one model on its way from training to serving.
round() {
  local name=$1
  train "$name" "$2" "$3" || return
  build_and_sign "$name" || return
  if [ "$variant" = tamper ] && [ "$name" = candidate ]; then tamper; fi
  verify "$name" || return
  gate "$name" || return
  register "$name" || return
  promote "$name" || return
  deploy "$name"
}

flow() {
  local labels=true
  preprocess || return
  # The first model of all becomes the champion that later ones are measured against.
  champion=$(champion_digest) || return
  if [ -z "$champion" ]; then round baseline bmi true || return; fi
  [ "$variant" != bad-model ] || labels=shuffled
  round candidate all "$labels"
}

# ---- How it ended -----------------------------------------------------------------------------------------------------------

summary() {
  table
  {
    echo
    [ -z "${report:-}" ] || echo "gate report:      $report/report.html"
    echo "deployments:      git -C $work/gitops log"
    if [ -e "$work/gitops/serving/diabetes.yaml" ]; then
      echo "InferenceService: $work/gitops/serving/diabetes.yaml"
      echo
      sed 's/^/    /' "$work/gitops/serving/diabetes.yaml"
    fi
    echo
  } >&2
}

# Where each variant must be stopped.
expected_stop() {
  case $variant in
    bad-model | drift) echo candidate-gate ;;
    tamper) echo candidate-verify-model ;;
  esac
}

conclude() {
  local expected
  expected=$(expected_stop)
  "$bin/promote-alias" --registry "$registry" --name diabetes "${ledger[@]}" --status >&2
  if [ -z "$failed_step" ] && [ -z "$expected" ]; then
    echo "done: version $(result candidate-champion version) of diabetes serves" >&2
    return 0
  fi
  if [ -n "$expected" ] && [ "$failed_step" = "$expected" ] && [ "$failed_code" = 10 ]; then
    echo "stopped by $failed_step, as it should be; who served before serves on" >&2
    return 0
  fi
  echo "run.sh: ${failed_step:-nothing} stopped the flow (exit $failed_code)${expected:+; $expected should have}" >&2
  [ "$failed_code" != 0 ] || failed_code=1
  return "$failed_code"
}

registry=${mlflow:-$work/registry}
ledger=()
[ -z "$mlflow" ] || ledger=(--ledger "$work/ledger")
build_steps
make_python
make_keys
make_gitops_checkout
if [ -n "$variant" ] && [ -z "$(champion_digest)" ]; then
  say "nothing serves yet: the flow without --$variant comes first"
  "$0" "${plain_options[@]}"
fi
export_data
flow || [ -n "$failed_step" ] || exit
summary
conclude
