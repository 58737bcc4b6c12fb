#!/usr/bin/env bash
# Makes .venv with the Python packages of Tests/peers/requirements.txt. Leaves .venv/installed behind when it worked.
set -euo pipefail
cd "$(dirname "$0")/.."

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

echo "Making .venv with the packages of Tests/peers/requirements.txt …"
rm -f .venv/installed
"$python" -m venv --clear .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check -r Tests/peers/requirements.txt
touch .venv/installed
