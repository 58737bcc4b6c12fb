#!/usr/bin/env python3
"""Compares every `metaplast …` line of the documentation with what the program says of its own command line.

usage: check_commands.py METAPLAST FILE.md …

Lines are taken from code blocks without a language. Each must name a verb that there is, options that it has, as many
operands as it takes, and experiments and rule pages that exist. Prints `file:line: error: …` and exits 1 if any does not.
"""
import json
import pathlib
import re
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def lines(path):
    """The command lines of a page with the numbers of their lines; what follows two blanks is a remark."""
    inside, fence, pending = False, "", None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.lstrip().startswith("```"):
            inside, fence = not inside, line.strip()[3:]
            continue
        if not inside or fence:
            continue
        if pending:
            line, number = pending[0] + " " + line.strip(), pending[1]
            pending = None
        elif not line.startswith("metaplast "):
            continue
        if line.endswith("\\"):
            pending = (line[:-1].strip(), number)
            continue
        yield number, re.split(r" {2,}| > ", line.strip())[0]


def find(command, words):
    """The verb that words name, the words that are left, and its name."""
    name = ["metaplast"]
    while command.get("subcommands"):
        verbs = {verb["commandName"]: verb for verb in command["subcommands"]}
        if not words or words[0] not in verbs:
            if "defaultSubcommand" not in command:
                return command, words, " ".join(name)
            words = [command["defaultSubcommand"], *words]
        name.append(words[0])
        command, words = verbs[words[0]], words[1:]
    return command, words, " ".join(name)


def faults(root, line, counts=True):
    words = shlex.split(re.sub(r"\[[^]]*\]", "", line), comments=True)[1:]  # [what may be left out]
    if words and words[0].startswith("--"):
        return [] if words[0] in ("--version", "--help") else [f"metaplast has no option {words[0]}"]
    # `html|notebook|csv` stands for three commands, each with some of the operands that follow.
    for place, word in enumerate(words[:2]):
        if "|" in word:
            return [fault for one in word.split("|")
                    for fault in faults(root, shlex.join(["metaplast", *words[:place], one, *words[place + 1:]]), False)]
    command, words, name = find(root, words)
    if command.get("subcommands"):
        return [f"{name} has no verb \"{words[0] if words else ''}\""]
    spelled = {}
    for argument in command.get("arguments", []):
        for spelling in argument.get("names") or []:
            dashes = "--" if spelling["kind"] == "long" else "-"
            spelled[dashes + spelling["name"]] = argument
    found, operands, place = [], [], 0
    while place < len(words):
        word = words[place]
        place += 1
        if not word.startswith("-") or word == "-":
            operands.append(word)
            continue
        key, _, value = word.partition("=")
        argument = spelled.get(key)
        if argument is None:
            found.append(f"{name} has no option {key}")
        elif argument["kind"] == "option" and not value:
            if place == len(words):
                found.append(f"{key} of {name} lacks its value")
            place += 1
    wanted = [argument for argument in command.get("arguments", []) if argument["kind"] == "positional"]
    least = sum(not argument["isOptional"] for argument in wanted)
    if counts and len(operands) < least:
        found.append(f"{name} needs {least} operands, not {len(operands)}")
    if counts and len(operands) > len(wanted) and not any(argument["isRepeating"] for argument in wanted):
        found.append(f"{name} takes {len(wanted)} operands, not {len(operands)}")
    for word in words:
        if re.fullmatch(r"(experiments|rules)/[a-z0-9.-]+\.yaml", word) and not (ROOT / word).exists():
            if not word.startswith("rules/mine"):
                found.append(f"there is no {word}")
    return found


def main():
    program, pages = sys.argv[1], sys.argv[2:]
    told = subprocess.run([program, "--experimental-dump-help"], check=True, capture_output=True, text=True).stdout
    root = json.loads(told)["command"]
    count = wrong = 0
    for page in map(pathlib.Path, pages):
        for number, line in lines(page):
            count += 1
            for fault in faults(root, line):
                wrong += 1
                print(f"{page}:{number}: error: {fault}")
    print(f"commands: {count} lines of {len(pages)} pages" + (f", {wrong} errors" if wrong else ", all known"))
    return 1 if wrong or count == 0 else 0


sys.exit(main())
