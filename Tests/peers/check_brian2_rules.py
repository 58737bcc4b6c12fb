"""Runs exported Brian2 scripts and compares their weights. usage: check_brian2_rules.py FOLDER

FOLDER holds RULE.brian2.py and RULE.network.csv. Each script simulates its whole network with the numpy code generator;
its weights after every step must agree with the expected ones to 1e-12.
"""
import pathlib
import runpy
import sys
import warnings

warnings.filterwarnings("ignore")
import brian2  # noqa: E402

brian2.BrianLogger.suppress_name("")
TOLERANCE = 1e-12


def main():
    folder = pathlib.Path(sys.argv[1])
    files = sorted(folder.glob("*.brian2.py"))
    assert files, f"no *.brian2.py in {folder}"
    failed, worst, steps = [], 0.0, 0
    for file in files:
        brian2.start_scope()
        try:
            script = runpy.run_path(str(file), run_name="exported")
            table = script["run"]()
            difference = script["compare"](table, str(folder / file.name.replace(".brian2.py", ".network.csv")))
            moved = max(abs(values[-1] - values[0]).max() for name, values in table.items() if name != "spikes")
            count = len(table["spikes"])
            if "--each" in sys.argv:
                print(f"  {file.name}: {difference:.3g}, moved {moved:.3g}, {int(table['spikes'].sum())} spikes", flush=True)
            assert difference <= TOLERANCE, f"weights differ by {difference:.3g}"
            assert moved > 1e-6, "no weight moved"
            assert count >= 400, f"only {count} steps"
            worst, steps = max(worst, difference), steps + count
        except (Exception, SystemExit) as error:
            cause = error
            while cause.__cause__ is not None:
                cause = cause.__cause__
            failed.append(f"{file.name}: {type(error).__name__}: {error} {'' if cause is error else cause}")
            print("  " + failed[-1], flush=True)
    if failed:
        sys.exit(f"{len(failed)} of {len(files)} scripts failed")
    print(f"  {len(files)} rules, {steps} steps of whole networks, largest difference {worst:.3g}")


main()
