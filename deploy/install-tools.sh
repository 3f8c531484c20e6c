#!/usr/bin/env bash
# Installs what the tests need and is missing, from Debian's packages: Prometheus, Alertmanager, OpenSSL, systemd-analyze.
# CI calls it before the tests. Elsewhere those tests are skipped with a sentence where the tools are missing.
set -euo pipefail

missing=()
{ command -v promtool && command -v prometheus; } > /dev/null || missing+=(prometheus)
{ command -v amtool && command -v prometheus-alertmanager; } > /dev/null || missing+=(prometheus-alertmanager)
command -v openssl > /dev/null || missing+=(openssl)
command -v systemd-analyze > /dev/null || missing+=(systemd)
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get > /dev/null; then
  echo "install-tools: ${missing[*]} cannot be installed here: run it as root on Debian, or install them by hand" >&2
  exit 1
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "install-tools: installing ${missing[*]}"
if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"; } > "$log" 2>&1
then
  tail -n 20 "$log" >&2
  exit 1
fi
# the packages start services of their own where systemd runs; the tests start theirs, on free ports
if [ -d /run/systemd/system ]; then
  systemctl disable --now prometheus prometheus-alertmanager > /dev/null 2>&1 || true
fi
