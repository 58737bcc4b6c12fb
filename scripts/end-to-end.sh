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

# The commands of the documentation's pages do what the pages say, one after the other in one folder.
catalogue=Sources/Command/Documentation.docc
mkdir "$folder/pages" "$folder/pages/bin"
ln -s "$PWD/rules" "$PWD/experiments" "$folder/pages"
ln -s "$metaplast" "$folder/pages/bin/metaplast"
for page in FirstRun WritingARule Reports Notebooks Tables Findings TensorBoard RulesElsewhere Networks; do
  rm -f "$folder"/pages/*.h5 "$folder"/pages/*.nir
  [ "$page" = FirstRun ] || cp "$folder/first.h5" "$folder/pages/"
  while IFS= read -r line; do
    echo "+ ($page) $line"
    (cd "$folder/pages" && PATH=$PWD/bin:$PATH bash -euo pipefail -c "$line" </dev/null >"$folder/out" 2>&1) ||
      { cat "$folder/out" >&2; echo "error: a command of $catalogue/$page.md failed" >&2; exit 1; }
  done < <(awk '/^```/ { fence = !fence; plain = $0 == "```"; next } fence && plain && /^metaplast /' "$catalogue/$page.md")
  [ "$page" != FirstRun ] || cp "$folder/pages/first.h5" "$folder/"
done
test -s "$folder/first.h5" || { echo "error: the first page leaves no record" >&2; exit 1; }

# Everything is installed, and nothing stays behind.
root=$folder/installed
make --no-print-directory install-files BUILT="$metaplast" DESTDIR="$root" PREFIX=/usr >/dev/null
for file in bin/metaplast share/man/man1/metaplast.1 share/bash-completion/completions/metaplast \
  share/zsh/site-functions/_metaplast share/fish/vendor_completions.d/metaplast.fish \
  share/metaplast/rules/oja.yaml share/metaplast/experiments/quick.yaml; do
  test -s "$root/usr/$file" || { echo "error: make install left no $file" >&2; exit 1; }
done
(cd "$folder" && "$root/usr/bin/metaplast" rules show oja >/dev/null)
make --no-print-directory uninstall DESTDIR="$root" PREFIX=/usr >/dev/null
left=$(find "$root" -type f)
test -z "$left" || { echo "error: make uninstall left $left" >&2; exit 1; }
echo "pages and installation: ok"
