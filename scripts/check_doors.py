"""Compares the imports of each target with what `swift package describe --type json` (on stdin) declares for it.

Prints `file:line: error: …` for each import that is not declared, and for each arrow that goes up; exits 1 if any.
"""
import json
import re
import sys

# The rooms, lowest first: a room may only import rooms that stand before it. Tests may import any room.
STOREYS = [
    "CHDF5", "CZlib", "CKernels", "Arithmetic", "Pages", "Rules", "Kernels", "Networks", "Credit", "Tasks", "Unrolled",
    "ThroughTime", "Layers", "Systems", "Training", "Search",
    "Records", "NeuralIR", "Experiments", "Export", "RuleExport", "Command",
]
# Modules of the toolchain, open to all.
TOOLCHAIN = {
    "Swift", "Foundation", "FoundationEssentials", "Glibc", "Musl", "Darwin", "Dispatch", "Synchronization",
    "Testing", "XCTest", "FoundationXML",
}
IMPORT = re.compile(
    r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+"
    r"(?:(?:typealias|struct|class|enum|protocol|let|var|func)\s+)?(\w+)")


def main() -> int:
    package = json.load(sys.stdin)
    wrong, imports = [], 0
    for target in package["targets"]:
        name = target["name"]
        declared = set(target.get("target_dependencies", [])) | set(target.get("product_dependencies", []))
        is_test = target["path"].startswith("Tests/")
        if not is_test and name not in STOREYS:
            wrong.append(f"Package.swift:1: error: target {name} has no storey in scripts/check_doors.py")
            continue
        for other in declared:
            if other in STOREYS and not is_test and STOREYS.index(other) >= STOREYS.index(name):
                wrong.append(f"Package.swift:1: error: {name} declares {other}, which stands above it")
        for source in target.get("sources", []):
            if not source.endswith(".swift"):
                continue
            path = f"{target['path']}/{source}"
            with open(path, encoding="utf-8") as file:
                in_text = False  # inside a multi-line string, whose lines may be another language's imports
                for number, line in enumerate(file, 1):
                    was_in_text = in_text
                    in_text ^= line.count('"""') % 2 == 1
                    match = IMPORT.match(line)
                    if was_in_text or not match:
                        continue
                    imports += 1
                    module = match.group(1)
                    if module not in TOOLCHAIN and module != name and module not in declared:
                        wrong.append(f"{path}:{number}: error: {name} imports {module} without declaring it")
    if imports == 0:
        wrong.append("error: no import found in any target")
    for line in wrong:
        print(line)
    if not wrong:
        print(f"doors: {imports} imports of {len(package['targets'])} targets, all declared, all downwards")
    return 1 if wrong else 0


sys.exit(main())
