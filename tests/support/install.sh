#!/usr/bin/env bash
# Installs what the tests need beyond the build: compilers' tools and registries from Debian, Python packages into an
# environment of their own, Go programs built once into the cache. Safe to run again.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../../common/cmake/install.sh
. "$here/../../common/cmake/install.sh"

# go_install NAME MODULE PACKAGE VERSION: builds PACKAGE as go/NAME/PROGRAM, in a module made for it (go install refuses
# some modules).
go_install() {
  local name=$1 module=$2 package=$3 version=$4 target=$cache/go/$1
  local program=$target/${package##*/}
  [ ! -e "$target/.version-$version" ] || return 0
  say "go: $package@$version"
  local work
  work=$(mktemp -d)
  mkdir -p "$target"
  (cd "$work" && go mod init build.local/"$name" 2>/dev/null &&
    go mod edit -require "$module@$version" &&
    GOFLAGS=-mod=mod go build -trimpath -ldflags='-s -w' -o "$program.new" "$package")
  mv "$program.new" "$program"
  touch "$target/.version-$version"
  rm -rf "$work"
}

go_version=1.26.8

# The programs need a newer Go than Debian has. Go's own toolchain is a module, which any Go can fetch.
install_go() {
  command -v go >/dev/null && go version | grep -qE 'go1\.(2[6-9]|[3-9][0-9])' && return 0
  local toolchain=$cache/go-$go_version module directory
  if [ ! -x "$toolchain/bin/go" ]; then
    apt_install golang-go
    say "go: toolchain $go_version"
    module=golang.org/toolchain@v0.0.1-go$go_version.linux-$(dpkg --print-architecture)
    directory=$(cd / && GOFLAGS=-mod=mod go mod download -json "$module" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')
    rm -rf "$toolchain.new"
    cp -r "$directory" "$toolchain.new"
    # A module's files are not executable and not writable.
    chmod -R u+w "$toolchain.new"
    chmod +x "$toolchain.new"/bin/* "$toolchain.new"/pkg/tool/*/*
    mv -T "$toolchain.new" "$toolchain"
  fi
  export PATH=$toolchain/bin:$PATH GOTOOLCHAIN=local
}

python_environment() {
  local name=$1 stamp
  shift
  stamp=$(echo "$*" | sha256sum | cut -c1-16)
  [ ! -e "$cache/$name/.installed-$stamp" ] || return 0
  say "pip: $name"
  [ -x "$cache/$name/bin/python" ] || python3 -m venv "$cache/$name"
  "$cache/$name/bin/pip" install --quiet "$@"
  touch "$cache/$name/.installed-$stamp"
}

clang_version() { apt-cache policy clang | sed -n 's/.*Candidate: 1:\([0-9]*\).*/\1/p'; }

main() {
  install_build_dependencies
  apt_install catch2 clang clang-tidy clang-format "libclang-rt-$(clang_version)-dev" docker-registry python3-venv strace time util-linux curl jq
  install_go
  go_install cosign3 github.com/sigstore/cosign/v3 github.com/sigstore/cosign/v3/cmd/cosign v3.1.2
  go_install cosign2 github.com/sigstore/cosign/v2 github.com/sigstore/cosign/v2/cmd/cosign v2.6.4
  go_install crane github.com/google/go-containerregistry github.com/google/go-containerregistry/cmd/crane v0.22.1
  go_install olareg github.com/olareg/olareg github.com/olareg/olareg/cmd/olareg v0.1.2
  python_environment python-tests pytest==9.2.0 mlflow==3.17.2 scikit-learn==1.9.1 fairlearn==0.15.0 scipy==1.17.1 pandas==3.1.1 \
    pyarrow==25.0.1 duckdb==2.0.0 model-signing==1.1.1 pyopenssl cryptography PyYAML kfp==2.17.0 \
    Flask-WTF==1.3.0
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then main; fi
