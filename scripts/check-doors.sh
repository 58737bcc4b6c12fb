#!/usr/bin/env bash
# Doors between rooms: every `import` of a target must be declared for it in Package.swift, and every arrow must go down.
# SwiftPM alone does not stop an undeclared import between targets of one package.
set -euo pipefail
cd "$(dirname "$0")/.."
swift package describe --type json | python3 scripts/check_doors.py
