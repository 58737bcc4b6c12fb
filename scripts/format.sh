#!/usr/bin/env bash
# Formats every Swift file in place; with --check only says what is wrong, and fails.
set -euo pipefail
cd "$(dirname "$0")/.."
case "${1:-}" in
  "") swift format -i -r -p Sources Tests Package.swift ;;
  --check) swift format lint --strict -r -p Sources Tests Package.swift ;;
  *) echo "usage: scripts/format.sh [--check]" >&2; exit 64 ;;
esac
