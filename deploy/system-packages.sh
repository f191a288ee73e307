#!/usr/bin/env bash
# Install the Debian packages that the tests need and that are missing.
set -euo pipefail

packages=(chromium fonts-noto-cjk gettext libgomp1 libharfbuzz-subset0 libpango-1.0-0
  libpangoft2-1.0-0 make npm)

missing=()
for package in "${packages[@]}"; do
  dpkg-query --show --showformat='${Status}' "$package" 2>/dev/null |
    grep -q 'install ok installed' || missing+=("$package")
done
# Node may have come from elsewhere than Debian, and npm with it.
command -v npm >/dev/null && missing=("${missing[@]/#npm/}")
read -ra missing <<<"${missing[*]}"
[ "${#missing[@]}" -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! sudo --non-interactive true 2>/dev/null; then
    echo "Please install first: apt install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"
