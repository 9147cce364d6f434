"""What a web process has done before its first request."""

import subprocess
import sys

LOOK = """
import gc, sys
import config.wsgi
print(gc.get_freeze_count(), "contracts.web.sealing" in sys.modules)
"""


def test_pages_are_loaded_and_out_of_the_collectors_way() -> None:
    done = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, check=True)
    frozen, loaded = done.stdout.split()
    assert int(frozen) > 100_000
    assert loaded == "True"
