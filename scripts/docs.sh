#!/usr/bin/env bash
# scripts/docs.sh [FOLDER]
# Builds the documentation with DocC: the catalogue of Sources/Command/Documentation.docc and the public declarations of
# every room, as one web site in FOLDER (default .build/docs). A warning is an error. Also compares the
# commands that pages show with the program's own command line. Needs a release build.
set -euo pipefail
cd "$(dirname "$0")/.."
site=${1:-.build/docs}
modules=.build/release/Modules
catalogue=Sources/Command/Documentation.docc

docc=$(command -v docc || true)
if [ -z "$docc" ]; then
  echo "docc is not on the search path: it comes with the Swift toolchain" >&2
  exit 69
fi
if [ ! -d "$modules" ]; then
  echo "there is no $modules: run make build first" >&2
  exit 66
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/archives"

# Every room above the C ones, lowest first.
rooms=$(swift package describe --type json | python3 -c '
import json, sys
for target in json.load(sys.stdin)["targets"]:
    if target["path"].startswith("Sources/") and target["module_type"] == "SwiftTarget" and target["name"] != "Command":
        print(target["name"])')

includes=()
for flag in $(pkg-config --cflags-only-I hdf5 zlib); do includes+=(-Xcc "$flag"); done
target=$(swift -print-target-info | python3 -c 'import json, sys; print(json.load(sys.stdin)["target"]["triple"])')
python3 scripts/check_commands.py .build/release/metaplast README.md CONTRIBUTING.md docs/*.md docs/systems/*.md "$catalogue"/*.md
"$docc" convert "$catalogue" --warnings-as-errors --fallback-display-name Metaplast \
  --fallback-bundle-identifier metaplast --output-dir "$work/archives/Metaplast.doccarchive" >/dev/null
for room in $rooms; do
  mkdir "$work/$room"
  swift symbolgraph-extract -module-name "$room" -target "$target" -I "$modules" -I Sources/CHDF5 -I Sources/CZlib \
    -I .build/checkouts/Yams/Sources/CYaml/include -I .build/checkouts/swift-numerics/Sources/_NumericsShims/include \
    -Xcc -fmodule-map-file=.build/release/CKernels.build/module.modulemap ${includes[@]+"${includes[@]}"} \
    -minimum-access-level public -skip-synthesized-members -output-dir "$work/$room"
  # The room's README is the first page of its declarations; links into the source stay text.
  mkdir "$work/$room.docc"
  { echo "# \`\`$room\`\`"; tail -n +2 "Sources/$room/README.md" | sed -E 's/\[([^]]*)\]\(\.[^)]*\)/\1/g'; } \
    >"$work/$room.docc/$room.md"
  # Lists of parameters may be partial: a doc comment says what the name of a parameter does not.
  "$docc" convert "$work/$room.docc" --additional-symbol-graph-dir "$work/$room" --diagnostics-file "$work/$room.json" \
    --fallback-display-name "$room" --fallback-bundle-identifier "metaplast.$room" \
    --output-dir "$work/archives/$room.doccarchive" >/dev/null 2>&1 || true
  python3 - "$work/$room.json" <<'END'
import json, re, sys
found = [one for one in json.load(open(sys.argv[1]))["diagnostics"]
         if one["severity"] in ("warning", "error")
         and not re.fullmatch(r"Parameter '.*' is missing documentation", one["summary"])]
for one in found:
    print(one.get("source", ""), one["severity"] + ":", one["summary"], file=sys.stderr)
sys.exit(bool(found))
END
done
rm -rf "$site"
"$docc" merge "$work"/archives/*.doccarchive \
  --synthesized-landing-page-name "Metaplast and its rooms" \
  --synthesized-landing-page-topics-style list --output-path "$site" >/dev/null
echo "docs: $(find "$site/data" -name '*.json' | wc -l) pages in $site; python3 -m http.server -d $site shows them at /documentation/metaplast"
