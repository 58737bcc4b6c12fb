"""The Python environments of the checks, and what to do where one is missing."""
import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Skip(Exception):
    """Raised by a check that cannot be made here, with the reason."""


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
