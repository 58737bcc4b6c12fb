"""Tests and doctests run beside the example records, as the examples are written."""

import pathlib
from collections.abc import Iterator

import matplotlib
import matplotlib.pyplot as plt
import pytest

matplotlib.use("Agg")


@pytest.fixture(autouse=True)
def beside_the_examples(monkeypatch: pytest.MonkeyPatch, doctest_namespace: dict[str, object]) -> Iterator[None]:
    """Every test starts in notebooks-export/, with what examples import, and ends without figures."""
    import metaplast_reader

    monkeypatch.chdir(pathlib.Path(__file__).parent.parent)
    doctest_namespace.update({name: getattr(metaplast_reader, name) for name in metaplast_reader.__all__})
    yield
    plt.close("all")
