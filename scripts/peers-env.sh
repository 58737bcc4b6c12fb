#!/usr/bin/env bash
# scripts/peers-env.sh FOLDER REQUIREMENTS
# Makes a Python environment with the packages of a list. Leaves FOLDER/installed behind when it worked.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$1
requirements=$2

python=
for candidate in python3 /usr/bin/python3; do
  if "$candidate" -c 'import ensurepip, venv, sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
    python=$candidate
    break
  fi
done
if [ -z "$python" ]; then
  echo "No python3 of 3.10 or later with the venv module was found; on Debian: apt-get install python3-venv" >&2
  exit 69
fi

echo "Making $folder with the packages of $requirements …"
rm -f "$folder/installed"
"$python" -m venv --clear "$folder"
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check -r "$requirements"
touch "$folder/installed"
