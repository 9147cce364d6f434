"""Loads the refusals of this app into the catalogue."""

from pathlib import Path

from core.errors import CATALOGUE
from signing.keys import errors as keys_errors  # noqa: F401  (loads the codes that jobs keep)
from signing.pades import errors as pades_errors  # noqa: F401  (registers their catalogue)

CATALOGUE.load(Path(__file__).with_name("errors.toml"))
