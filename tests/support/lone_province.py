"""The stand-in province that takes any PDF, as a process: `python -m tests.support.lone_province DIR`.

What the real one spends on examining contracts is the province's own expense; left out, it does not hide how
fast the platform is.
"""

import shutil
import signal
import sys
from pathlib import Path

import django
from django.conf import settings


def main() -> None:
    django.setup()
    from filing_bridge.sandbox.server import SandboxServer
    from tests.support.filing_province import assembled

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        with assembled(Path(sys.argv[1])) as (app, _):
            server = SandboxServer("127.0.0.1", 0, app.answer)
            print(f"ready: {server.port}", flush=True)  # noqa: T201  (for the test that waits for it)
            server.serve_forever()
    finally:
        shutil.rmtree(settings.VAR, ignore_errors=True)


if __name__ == "__main__":
    main()
