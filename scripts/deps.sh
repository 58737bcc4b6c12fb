#!/usr/bin/env bash
# Installs the Debian packages that are missing. usage: scripts/deps.sh [build] [data] [test]
#   build  what compiling needs: HDF5 with its high-level library, zlib, pkg-config
#   data   Fashion-MNIST
#   test   the tools the tests compare with: ncdump, h5diff, Octave, mandoc, groff, Chromium, Python's venv
# Says nothing and touches nothing when all is there.
set -euo pipefail

wanted=()
for group in "${@:-build}"; do
  case "$group" in
    build) wanted+=(libhdf5-dev zlib1g-dev pkg-config) ;;
    data)
      # A data folder of one's own that holds Fashion-MNIST will do as well.
      if [ -z "${METAPLAST_DATA:-}" ] ||
        [ -z "$(find "$METAPLAST_DATA" -maxdepth 2 -ipath '*fashion*/train-images*' -print -quit 2>/dev/null)" ]; then
        wanted+=(dataset-fashion-mnist)
      fi ;;
    test)
      wanted+=(hdf5-tools netcdf-bin octave octave-netcdf mandoc groff-base chromium chromium-driver)
      python3 -c 'import ensurepip, venv' 2>/dev/null || wanted+=(python3 python3-venv) ;;
    *) echo "scripts/deps.sh: unknown group \"$group\" (build, data or test)" >&2; exit 64 ;;
  esac
done
if ! command -v swift >/dev/null; then
  echo "Swift 6.3 or later is not on the search path. Install it from https://www.swift.org/install/linux/ first." >&2
  exit 69
fi

missing=()
if command -v dpkg-query >/dev/null; then
  for package in "${wanted[@]}"; do
    state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || missing+=("$package")
  done
else
  # Not Debian: look for the things themselves.
  for package in "${wanted[@]}"; do
    case "$package" in
      libhdf5-dev) pkg-config --exists hdf5 2>/dev/null || missing+=("HDF5 with its high-level library") ;;
      zlib1g-dev) pkg-config --exists zlib 2>/dev/null || missing+=("zlib") ;;
      pkg-config) command -v pkg-config >/dev/null || missing+=("pkg-config") ;;
      hdf5-tools) command -v h5diff >/dev/null || missing+=("h5diff") ;;
      mandoc) command -v mandoc >/dev/null || missing+=("mandoc") ;;
      groff-base) command -v groff >/dev/null || missing+=("groff") ;;
      octave | octave-netcdf) command -v octave-cli >/dev/null || missing+=("$package") ;;
      chromium | chromium-driver) : ;; # the checks that want a browser say so when there is none
      netcdf-bin) command -v ncdump >/dev/null || missing+=("ncdump") ;;
      dataset-fashion-mnist)
        [ -e /usr/share/datasets/fashion-mnist ] || missing+=("Fashion-MNIST (set METAPLAST_DATA to its folder)") ;;
      *) missing+=("$package") ;;
    esac
  done
fi
[ "${#missing[@]}" -gt 0 ] || exit 0

list=$(printf '%s, ' "${missing[@]}")
list=${list%, }
if ! command -v apt-get >/dev/null; then
  echo "Missing: $list. There is no apt-get here to install them; install them with your own package manager." >&2
  exit 69
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "Missing: $list. Run as root, once: apt-get install ${missing[*]}" >&2
    exit 69
  fi
  as_root=(sudo)
fi

echo "Installing $list …"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 "$@" >>"$log" 2>&1
}
# A stale or unreachable list is no reason to stop: the install says whether it matters.
apt update || true
if ! apt install -y --no-install-recommends "${missing[@]}"; then
  cat "$log" >&2
  echo "Could not install $list with apt-get: see its messages above." >&2
  exit 69
fi
