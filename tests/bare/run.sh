#!/usr/bin/env bash
# Runs the quickstart as a newcomer on a bare machine would: in a root made by debootstrap (minbase: not even a compiler or
# certificates), with a clone of this repository and nothing else. Needs root. Leaves nothing behind.
#
#   tests/bare/run.sh bookworm|trixie [COMMAND...]      COMMAND: instead of the quickstart, in the clone
#
# What the machine itself needs to reach the network is handed in: its certificates, proxy variables and the package
# clients' settings.
set -euo pipefail

release=${1:-}
case $release in
  bookworm | trixie) shift ;;
  *) echo "usage: tests/bare/run.sh bookworm|trixie [COMMAND...]" >&2; exit 2 ;;
esac
[ "$(id -u)" = 0 ] || { echo "tests/bare/run.sh: needs root, for debootstrap and chroot" >&2; exit 4; }
command=("$@")
[ ${#command[@]} -gt 0 ] || command=(examples/train-to-serve/run.sh)
source=$(cd "$(dirname "$0")/../.." && pwd)

if [ -z "${MLSTEPS_BARE_UNSHARED:-}" ]; then
  command -v debootstrap >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends debootstrap >/dev/null; }
  # The mounts below end with this namespace, however the run ends.
  MLSTEPS_BARE_UNSHARED=1 exec unshare --mount --propagation private -- "$0" "$release" "${command[@]}"
fi

bare=$(mktemp -d /var/tmp/mlsteps-bare.XXXXXX)
chmod 0755 "$bare"
trap 'umount -R "$bare/proc" "$bare/dev" "$bare/sys" 2>/dev/null || true; rm -rf --one-file-system "$bare"' EXIT

mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.sources 2>/dev/null |
  sed -n 's/^URIs: *\([^ ]*\).*/\1/p; s/^deb \(\[.*\] \)\?\([^ ]*\).*/\2/p' | sed -n 1p) || true
echo "bare: debootstrap $release"
debootstrap --variant=minbase "$release" "$bare" "${mirror:-http://deb.debian.org/debian}" >"$bare.log" 2>&1 || { tail -20 "$bare.log"; exit 5; }
rm -f "$bare.log"

mount --rbind /dev "$bare/dev"
mount -t proc proc "$bare/proc"
mount --rbind /sys "$bare/sys"
cp -L /etc/resolv.conf /etc/hosts "$bare/etc/"
cp -a /etc/apt/apt.conf.d/*proxy* /etc/apt/apt.conf.d/*artifact* "$bare/etc/apt/apt.conf.d/" 2>/dev/null || true
for file in /etc/pip.conf /root/.config/pip/pip.conf /root/.npmrc /etc/npmrc; do
  [ -e "$file" ] && install -D -m 0644 "$file" "$bare$file"
done
# The bundle keeps its usual path, and stays part of it when ca-certificates is installed over it.
install -D -m 0644 /etc/ssl/certs/ca-certificates.crt "$bare/etc/ssl/certs/ca-certificates.crt"
install -D -m 0644 /etc/ssl/certs/ca-certificates.crt "$bare/usr/local/share/ca-certificates/machine.crt"

settings=(HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 TERM="${TERM:-dumb}")
while IFS='=' read -r -d '' name value; do
  case $name in
    *_proxy | *_PROXY | PIP_* | NPM_CONFIG_* | npm_config_* | GOPROXY | GOFLAGS | GOSUMDB | SSL_CERT_FILE | CURL_CA_BUNDLE | \
      NODE_EXTRA_CA_CERTS | REQUESTS_CA_BUNDLE | GIT_SSL_CAINFO) settings+=("$name=$value") ;;
  esac
done </proc/self/environ

git clone --quiet --no-hardlinks "$source" "$bare/root/mlsteps"
echo "bare: ${command[*]}"
status=0
chroot "$bare" /usr/bin/env -i "${settings[@]}" /bin/sh -c 'cd /root/mlsteps && exec "$@"' sh "${command[@]}" || status=$?
# Nothing that was started in the root may outlive it.
for process in /proc/[0-9]*; do
  if [ "$(readlink "$process/root" 2>/dev/null)" = "$bare" ]; then kill -KILL "${process#/proc/}" 2>/dev/null || true; fi
done
echo "bare: $release ended with $status"
exit "$status"
