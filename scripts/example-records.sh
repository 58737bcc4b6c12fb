#!/usr/bin/env bash
# Makes the example records of notebooks-export/data and the notebooks that show them: about two minutes, no data set.
# The same seeds give the same numbers; what differs from one time to the next are dates, times and uuids.
set -euo pipefail
cd "$(dirname "$0")/.."
metaplast=${METAPLAST_BINARY:-.build/release/metaplast}
data=notebooks-export/data

step() {
  echo "+ metaplast $*"
  "$metaplast" "$@"
}
step discover $data/example.yaml --out $data/example-discovery.h5 --no-report --force --quiet
step rules prune $data/example-discovery.h5 --out $data/example-pruned.yaml --force --quiet
rules=($data/example-pruned.yaml feedback-alignment backprop)
step evaluate "${rules[@]}" --experiment $data/example.yaml --vary task.data=gaussian-prototypes,yin-yang \
  --vary task.shots=2,10,60 --episodes 12 --diagnose --curve 0,6,15,30,60,120,180 \
  --out $data/example-evaluation.h5 --force --quiet
step evaluate "${rules[@]:0:2}" --experiment $data/example.yaml --ablate --out $data/example-ablation.h5 --force --quiet
step evaluate "${rules[@]:0:2}" --experiment $data/example.yaml --episodes 4 --weights 1 \
  --out $data/example-weights.h5 --force --quiet
step export findings $data/example-evaluation.h5 $data/example-ablation.h5 --title "example, findings" \
  --out $data/example-findings.h5 --force
for kind in discovery evaluation findings; do
  step log check "$data/example-$kind.h5"
  step export notebook "$data/example-$kind.h5" --out notebooks-export
done
wc -c $data/*.h5 notebooks-export/*.ipynb
