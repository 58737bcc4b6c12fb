"""What the checks share: where things are, how a command is run, and the Python environments."""
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
PEERS = ROOT / "Tests" / "peers"
METAPLAST = pathlib.Path(os.environ.get("METAPLAST_BINARY", ROOT / ".build" / "release" / "metaplast"))


class Skip(Exception):
    """Raised by a check that cannot be made here, with the reason."""


def run(*command, timeout=600):
    """Runs a command in the repository's root and shows it; its output is shown when it fails, and raised."""
    command = [str(part) for part in command]
    print("  +", " ".join(command), flush=True)
    done = subprocess.run(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=timeout)
    if done.returncode != 0:
        raise AssertionError(f"exit {done.returncode} from {command[0]}\n{done.stdout}")
    return done.stdout


def python(name, command):
    """The Python of the environment `.venv-<name>`, or of the one that METAPLAST_PYTHON_<NAME> names.

    Without it a check is skipped and says that `command` makes it; with METAPLAST_PEERS=required it fails.
    """
    path = pathlib.Path(os.environ.get(f"METAPLAST_PYTHON_{name.upper()}", ROOT / f".venv-{name}" / "bin" / "python"))
    if path.exists():
        return path
    reason = f"there is no {path}; {command} makes it"
    if os.environ.get("METAPLAST_PEERS") == "required":
        raise AssertionError(reason)
    raise Skip(reason)


def brian2():
    """The environment with Brian2 and the NESTML front end."""
    return python("brian2", "make .venv-brian2/installed")


def torch():
    """The environment with PyTorch."""
    return python("torch", "make peers-slow")
