"""`make demo` and `make run`.

python -m config.demo [--contracts N] [--folder DIR]    the main job, from template to accepted filing
python -m config.demo run                               the same installation, left running for a person
"""

import argparse
import signal
import sys
from pathlib import Path

from config.demo import main_job, stay
from config.demo.system import ROOT


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m config.demo", description=__doc__)
    parser.add_argument("what", nargs="?", choices=["job", "run"], default="job")
    parser.add_argument("--contracts", type=int, default=20)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the processes are stopped on the way out
    if options.what == "run":
        return stay.run(options.folder or ROOT / "var" / "run")
    return main_job.run(options.folder or ROOT / "var" / "demo", options.contracts)


if __name__ == "__main__":
    sys.exit(main())
