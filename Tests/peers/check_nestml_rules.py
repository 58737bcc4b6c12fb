"""Runs the NESTML front end on exported synapse models. usage: check_nestml_rules.py FOLDER

The front end returns normally when a model is wrong, so its log is read: no line may speak of an error. A model broken on
purpose must be found, or the log would not be worth reading.
"""
import contextlib
import io
import logging
import pathlib
import re
import sys
import tempfile

from pynestml.frontend.pynestml_frontend import generate_target

# What the front end says of a model that it does not take.
WRONG = re.compile(r"\bERROR\b|contains errors|No code generated|rror:", re.IGNORECASE)


def log_of(model):
    """Everything the front end says about one file."""
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    logging.getLogger().addHandler(handler)
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            generate_target(input_path=[str(model)], target_path=folder, target_platform="NONE", logging_level="INFO")
        except BaseException as error:  # some mistakes are raised, or end the program
            said.write(f"\nERROR raised: {type(error).__name__}: {error}\n")
    logging.getLogger().removeHandler(handler)
    return said.getvalue()


def mistakes(model):
    log = log_of(model)
    assert "INFO" in log or "WARNING" in log or WRONG.search(log), f"the front end said nothing about {model.name}"
    return [line for line in log.splitlines() if WRONG.search(line)]


def main():
    folder = pathlib.Path(sys.argv[1])
    files = sorted(folder.glob("*.nestml"))
    assert files, f"no *.nestml in {folder}"
    for file in files:
        found = mistakes(file)
        assert not found, f"{file.name}:\n" + "\n".join(found)
    with tempfile.TemporaryDirectory() as scratch:
        text = files[0].read_text(encoding="utf-8")
        for name, change in (
                ("unknown", ("emit_spike(w)", "emit_spike(w_unknown)")),
                ("syntax", ("onReceive(pre", "onReceive((pre"))):
            broken = pathlib.Path(scratch) / f"{name}.nestml"
            assert change[0] in text
            broken.write_text(text.replace(*change, 1), encoding="utf-8")
            assert mistakes(broken), f"the front end took a model with a mistake ({name})"
    print(f"  {len(files)} models, none with an error: {', '.join(file.stem for file in files)}")


main()
