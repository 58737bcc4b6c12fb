#!/usr/bin/env bash
# Episodes per second of the reference experiment with the three-term rule, one core.
#   scripts/bench.sh [options of `metaplast bench`]
#   PEER='python peer.py 4'   a program that does the same work; it is run on the same core right after, and the last
#                             number before "episodes/s" in its output is compared with ours
set -euo pipefail
cd "$(dirname "$0")/.."
metaplast=.build/release/metaplast
[ -x "$metaplast" ] || { echo "no $metaplast: run make build first" >&2; exit 66; }

pin=()
if command -v taskset >/dev/null; then pin=(taskset -c 0); fi
ours=$("${pin[@]}" "$metaplast" bench --experiment experiments/fashion-5way-50shot.yaml --rule error-hebb-oja \
  --workers 1 --seconds 10 --json "$@")
echo "$ours"
if [ -n "${PEER:-}" ]; then
  echo "peer: $PEER"
  theirs=$("${pin[@]}" bash -c "$PEER")
  echo "$theirs"
  OURS=$ours THEIRS=$theirs python3 - <<'PY'
import json, os, re
ours = json.loads(os.environ["OURS"].splitlines()[-1])["episodes_per_second"]
theirs = float(re.findall(r"([0-9.]+) episodes/s", os.environ["THEIRS"])[-1])
print(f"metaplast {ours:.2f} episodes/s, peer {theirs:.2f} episodes/s, ratio {ours / theirs:.2f}")
PY
fi
