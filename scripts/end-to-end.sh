#!/usr/bin/env bash
# A small discovery from the first command to the last: search, check the record, write the report, the notebook, tables.
set -euo pipefail
cd "$(dirname "$0")/.."
metaplast=$PWD/.build/release/metaplast
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

step() {
  echo "+ metaplast $*"
  "$metaplast" "$@"
}
step doctor
step rules check rules/*.yaml
step discover experiments/quick.yaml --out "$folder/quick.h5"
step log check "$folder/quick.h5"
step export html "$folder/quick.h5" --out "$folder"
step export notebook "$folder/quick.h5" --out "$folder"
step export csv "$folder/quick.h5" --out "$folder"
step evaluate --grid experiments/quick-grid.yaml --out "$folder/grid.h5" --csv "$folder/grid.csv"
for shard in 1 2; do
  step evaluate --grid experiments/quick-grid.yaml --shard "$shard/2" --out "$folder/grid-$shard.h5" --quiet
done
step log merge "$folder/grid-1.h5" "$folder/grid-2.h5" --out "$folder/merged.h5"
step log diff "$folder/grid.h5" "$folder/merged.h5"
step log check "$folder/merged.h5"
find "$folder" -type f -printf '%s %P\n' | sort -k 2
test -n "$(find "$folder" -name '*.html' -size +4k)" || { echo "error: no HTML report" >&2; exit 1; }
test -n "$(find "$folder" -name '*.ipynb' -size +1k)" || { echo "error: no notebook" >&2; exit 1; }
test -n "$(find "$folder" -name '*.csv' -size +0)" || { echo "error: no table" >&2; exit 1; }
