"""What opens, what is refused, and what is left alone."""

import shutil
from pathlib import Path

import h5py
import pytest
import xarray as xr

from metaplast_reader import RecordError, open_run, plot_fitness, plot_weights, to_tidy

DISCOVERY = Path("data/example-discovery.h5")


def changed(folder: Path, **attributes: object) -> Path:
    """A copy of the example with other root attributes; None takes one away."""
    copy = folder / "copy.h5"
    shutil.copy(DISCOVERY, copy)
    with h5py.File(copy, "r+") as file:
        for name, value in attributes.items():
            if value is None:
                del file.attrs[name]
            else:
                file.attrs[name] = value
    return copy


@pytest.mark.parametrize("kind", ["discovery", "evaluation", "ablation", "weights", "findings"])
def test_examples_open_as_trees(kind: str) -> None:
    run = open_run(f"data/example-{kind}.h5")
    assert isinstance(run, xr.DataTree)
    assert run.attrs["kind"] == ("evaluation" if kind in ("ablation", "weights") else kind)
    assert {"provenance", "rules"} <= set(run.children)
    run.close()


def test_values_are_those_of_the_file() -> None:
    run = open_run(DISCOVERY)
    with h5py.File(DISCOVERY) as file:
        assert (run["discovery"].to_dataset()["population"].values == file["discovery/population"][:]).all()
        names = run["discovery"].to_dataset()["parameter"].values.tolist()
        assert names == file["discovery/parameter"].asstr()[:].tolist()
        assert run["discovery/archive"]["archive_parameter"].dims == ("rank", "parameter")
    run.close()


def test_private_state_is_left_out() -> None:
    with h5py.File(DISCOVERY) as file:
        assert "discovery/state" in file
    run = open_run(DISCOVERY)
    assert set(run["discovery"].children) == {"archive"}
    run.close()


@pytest.mark.parametrize(("version", "said"), [("2.0.0", "2.0"), ("0.9.1", "0.9"), ("10.0", "10.0")])
def test_other_majors_are_refused(tmp_path: Path, version: str, said: str) -> None:
    with pytest.raises(RecordError, match=f"copy.h5 was written by schema {said}; this reads 1.x: install another"):
        open_run(changed(tmp_path, schema_version=version))


def test_later_minors_are_read(tmp_path: Path) -> None:
    later = changed(tmp_path, schema_version="1.99.3", something_new="yes")
    with h5py.File(later, "r+") as file:
        file.create_group("news")["numbers"] = [1, 2, 3]
        file["discovery"].attrs["another"] = 7
    run = open_run(later)
    assert run.attrs["something_new"] == "yes"
    assert "news" in run.children
    run.close()
    assert len(to_tidy(later)) == len(to_tidy(DISCOVERY))
    assert plot_fitness(later).lines


@pytest.mark.parametrize("version", [None, "new", "1", "1.x.0", 1])
def test_a_version_that_is_none_is_refused(tmp_path: Path, version: object) -> None:
    with pytest.raises(RecordError, match="for schema_version, not a version such as 1.0.0"):
        open_run(changed(tmp_path, schema_version=version))


@pytest.mark.parametrize("name", [None, "nwb"])
def test_another_schema_is_refused(tmp_path: Path, name: object) -> None:
    with pytest.raises(RecordError, match='no record of Metaplast: its attribute schema_name is not "plasticity-log"'):
        open_run(changed(tmp_path, schema_name=name))


def test_files_that_are_no_records_are_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="there is no file .*none.h5"):
        open_run(tmp_path / "none.h5")
    with pytest.raises(FileNotFoundError, match="there is no file"):
        open_run(tmp_path)
    page = tmp_path / "page.h5"
    page.write_text("schema: 1\n")
    with pytest.raises(RecordError, match="page.h5 is no record of Metaplast: it is not an HDF5 file"):
        open_run(page)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.7])
def test_a_file_cut_short_is_refused(tmp_path: Path, share: float) -> None:
    cut = tmp_path / "cut.h5"
    whole = DISCOVERY.read_bytes()
    cut.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(RecordError, match="cut.h5 cannot be read, it may be damaged"):
        open_run(cut)


def test_what_a_record_lacks_is_said() -> None:
    with pytest.raises(RecordError, match='"example, seed 4" has no group /evaluation/weights, so there is no weight'):
        plot_weights(DISCOVERY)
    with pytest.raises(RecordError, match="no group /discovery, so there is no fitness to plot"):
        plot_fitness("data/example-findings.h5")
