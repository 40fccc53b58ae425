#!/usr/bin/env bash
# Installs what the build needs on Debian 12 or 13: compilers and libraries from Debian, DuckDB's official library from
# its npm package, checked against a checksum. Safe to run again; needs root or sudo only when something is missing.
set -euo pipefail

cache=${MLSTEPS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/mlsteps}
duckdb_version=1.5.6

say() { echo "install: $*" >&2; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# apt_install PACKAGE...: installs those that are missing.
apt_install() {
  local package missing=()
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  say "apt: ${missing[*]}"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

boost_packages() {
  # shellcheck source=/dev/null
  case "$(. /etc/os-release && echo "${VERSION_CODENAME:-}")" in
    bookworm) echo libboost1.81-dev libboost-program-options1.81-dev ;;
    *) echo libboost-dev libboost-program-options-dev ;;
  esac
}

install_duckdb() {
  local package sum directory=$cache/duckdb-$duckdb_version
  [ ! -e "$directory/libduckdb.so" ] || return 0
  case "$(uname -m)" in
    x86_64) package=@duckdb/node-bindings-linux-x64 sum=3f4962cdd266eab2b479a5b5a4a6d063d279b2954ae814ed00385d553b747633 ;;
    *) say "DuckDB has no library for $(uname -m)"; exit 4 ;;
  esac
  command -v npm >/dev/null || apt_install npm ca-certificates
  say "npm: $package"
  local work
  work=$(mktemp -d)
  (cd "$work" && npm pack --loglevel=error "$package@$duckdb_version-r.1" >/dev/null && tar xzf ./*.tgz)
  if ! echo "$sum  $work/package/libduckdb.so" | sha256sum --check --quiet; then
    say "libduckdb.so does not have the expected checksum; not installed"
    exit 3
  fi
  mkdir -p "$directory.new"
  cp "$work/package/libduckdb.so" "$directory.new/"
  mv -T "$directory.new" "$directory" 2>/dev/null || rm -rf "$directory.new"
  rm -rf "$work"
}

install_build_dependencies() {
  # shellcheck disable=SC2046
  apt_install g++ cmake ninja-build ccache pkg-config git ca-certificates $(boost_packages) libyaml-cpp-dev \
    nlohmann-json3-dev libssl-dev libarchive-dev zlib1g-dev libzstd-dev
  install_duckdb
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then install_build_dependencies; fi
