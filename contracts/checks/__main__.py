"""Print docs/statutory-checks.md: `python -m contracts.checks > docs/statutory-checks.md`."""

import sys

from contracts.checks.page import page

sys.stdout.write(page())
