#!/usr/bin/env bash
# Every test: the Swift suite, then the checks with other tools (Tests/peers). What was skipped is listed at the end.
#   METAPLAST_PEERS=required   a missing Python environment is a failure, not a counted skip
set -euo pipefail
cd "$(dirname "$0")/.."

log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
failed=()

environment=0
make --no-print-directory .venv/installed || environment=$?
# Swift tests that ask other readers too use the same Python.
if [ "$environment" -eq 0 ]; then export METAPLAST_PYTHON="$PWD/.venv/bin/python"; fi

# Brian2 needs an older numpy, and PyTorch is large: environments of their own. The second is made here only where a
# missing one is a failure; `make peers-slow` makes it by hand.
others=(.venv-brian2)
if [ "${METAPLAST_PEERS:-}" = required ]; then others+=(.venv-torch); fi
for other in "${others[@]}"; do make --no-print-directory "$other/installed" || true; done

if [ -x .venv-torch/bin/python ]; then export METAPLAST_TORCH_PYTHON="$PWD/.venv-torch/bin/python"; fi

swift test -c release --disable-testable-imports "$@" 2>&1 | tee "$log" || { status=1; failed+=("swift test"); }
if ! grep -qE 'Test run with [1-9][0-9]* tests?' "$log"; then
  echo "error: swift test ran no test" >&2
  status=1
  failed+=("swift test ran no test")
fi

# The other vector paths: those that round as the widest does are chosen within the suite, plain x86-64 is not.
METAPLAST_VECTORS=plain swift test -c release --disable-testable-imports --skip-build \
  --filter 'NetworksTests|InnerLoopTests' 2>&1 | tee -a "$log" || { status=1; failed+=("swift test, plain path"); }

if [ "$environment" -eq 0 ]; then
  .venv/bin/python Tests/peers/run.py 2>&1 | tee -a "$log" || { status=1; failed+=("Tests/peers"); }
elif [ "${METAPLAST_PEERS:-}" = required ]; then
  echo "error: the Python environment of Tests/peers could not be made" >&2
  status=1
  failed+=("Tests/peers")
else
  echo "skipped: every check of Tests/peers: the Python environment could not be made" | tee -a "$log"
fi

skips=$(grep -cE '(^|[^a-z])skipped: ' "$log" || true)
echo
if [ "$skips" -gt 0 ]; then
  echo "== $skips SKIPPED =="
  grep -E '(^|[^a-z])skipped: ' "$log" | sed 's/^[^a-z]*/  /' | sort -u
fi
if [ "$status" -eq 0 ]; then
  echo "== all tests passed, $skips skipped =="
else
  echo "== FAILED: $(IFS=,; echo "${failed[*]}") ==" >&2
fi
exit "$status"
