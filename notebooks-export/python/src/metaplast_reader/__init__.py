"""Reads, tabulates and plots the records of Metaplast.

A record is one HDF5 file of the schema ``plasticity-log``, version 1.x. `open_run` opens it as an `xarray.DataTree`,
`to_tidy` makes a `pandas.DataFrame` of it, and the ``plot_`` functions draw what it holds. All of them take a path or
an opened record.

Examples
--------
>>> from metaplast_reader import open_run, to_tidy
>>> run = open_run("data/example-discovery.h5")
>>> run.attrs["kind"]
'discovery'
>>> list(to_tidy(run).columns[:4])
['generation', 'candidate', 'fitness', 'complexity']
"""

from .episodes import plot_accuracy, plot_learning_curves, plot_low_data
from .estimate import Estimate, estimate
from .findings import plot_gaps, plot_importance
from .layers import plot_alignment, plot_layers, plot_rates, plot_weights
from .record import Record, RecordError, open_run
from .search import plot_coefficients, plot_final_coefficients, plot_fitness, plot_front
from .tidy import Table, to_tidy

__all__ = [
    "Estimate", "Record", "RecordError", "Table", "estimate", "open_run", "plot_accuracy", "plot_alignment",
    "plot_coefficients", "plot_final_coefficients", "plot_fitness", "plot_front", "plot_gaps", "plot_importance",
    "plot_layers", "plot_learning_curves", "plot_low_data", "plot_rates", "plot_weights", "to_tidy",
]
