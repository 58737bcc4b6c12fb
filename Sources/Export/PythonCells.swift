/// The Python of a record's notebook, a cell each. Every cell but the first uses only what the cells above it made.
enum PythonCells {
  static let open = #"""
    from pathlib import Path

    import h5py
    import matplotlib.pyplot as plt
    import numpy as np
    import xarray as xr
    from IPython.display import Markdown, Math, display

    with h5py.File(path) as record:
        about = dict(record.attrs)
    schema_version = about["schema_version"]
    assert about["schema_name"] == "plasticity-log", f"{path} is a {about['schema_name']}"
    assert schema_version.split(".")[0] == "1", f"{path} is of schema {schema_version}; this notebook reads 1.x"

    def load(group):
        return xr.load_dataset(path, group=group, engine="h5netcdf")

    # Figures and tables are also saved here.
    output = Path(f"{about['kind']}-output")
    output.mkdir(exist_ok=True)

    # Okabe & Ito's colours, a marker for each, and three kinds of line, so that colour is never the only sign.
    COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"]
    MARKERS = ["o", "s", "^", "D", "v", "P", "X"]
    LOOKS = [{"color": colour, "marker": marker, "linestyle": line}
             for line in ("-", "--", ":") for colour, marker in zip(COLOURS, MARKERS)]
    DASHED = {"color": "0.5", "linestyle": "--", "linewidth": 1, "marker": ""}
    plt.rcParams.update({"lines.markersize": 4, "axes.grid": True, "grid.alpha": 0.3, "axes.axisbelow": True,
                         "figure.constrained_layout.use": True, "svg.hashsalt": "metaplast", "svg.fonttype": "none"})

    def panels(count, width=4.0, height=3.0, columns=3, **shared):
        "A figure and `count` axes, at most `columns` of them side by side."
        columns = min(columns, count)
        rows = -(-count // columns)
        figure, grid = plt.subplots(rows, columns, figsize=(max(6, width * columns), height * rows + 0.4),
                                    squeeze=False, **shared)
        for spare in grid.ravel()[count:]:
            spare.remove()
        return figure, list(grid.ravel()[:count])

    def legend(figure):
        "One legend above all axes of a figure."
        handles = {}
        for axes in figure.axes:
            for handle, label in zip(*axes.get_legend_handles_labels()):
                handles.setdefault(label, handle)
        for label in {"start", "chance", "90 degrees"} & set(handles):
            handles[label] = handles.pop(label)  # lines to compare with come last
        if handles:
            figure.legend(handles.values(), handles.keys(), loc="outside upper center", fontsize="small",
                          ncols=min(len(handles), max(2, int(figure.get_figwidth() / 1.9))))

    def heading(axes, text):
        axes.set_title(text, fontsize="medium" if len(text) <= 33 else "x-small")

    def quantity(variable):
        "What an axis of this variable is called."
        name, units = variable.attrs.get("long_name", variable.name), variable.attrs.get("units", "1")
        return name if units == "1" else f"{name} ({units})"

    def save(figure, name):
        figure.savefig(output / f"{name}.svg", metadata={"Date": None})
        plt.show()

    print(f"{about['title']}: {about['kind']}, {about['status']}, schema {schema_version}")
    """#

  static let provenance = """
    provenance = load("provenance")
    seed = int(provenance.master_seed)
    print("seed", seed, "·", ", ".join(f"{name} {version}" for name, version in zip(
        provenance.library.values, provenance.library_version.values)))
    for name, role, digest in zip(provenance.input.values, provenance.input_role.values, provenance.input_sha256.values):
        print(f"{role:8} {name}  sha256 {digest}")
    columns = ["started", "ended", "exit_reason", "first_generation", "last_generation", "n_threads", "cpu",
               "software_version", "git_revision"]
    provenance[columns].to_dataframe()
    """

  static let rule = """
    rules = load("rules")
    found = [name for name, origin in zip(rules.rule.values, rules.origin.values) if origin == "discovered"]
    found += [name for name in rules.rule.values if name not in found]
    for name in found:
        row = rules.sel(rule=name)
        print(f"{name} ({row.origin.item()}, complexity {row.complexity.item():.0f})")
        if row.latex.item():
            display(Math(row.latex.item()))
        print(row.expression.item())

    # Coefficients of the terms; a rule without a term has none there.
    rules.coefficient.sel(rule=found).to_pandas().T
    """
}
