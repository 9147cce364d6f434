"""Loads the refusals of this app into the catalogue."""

from pathlib import Path

from core.errors import CATALOGUE

CATALOGUE.load(Path(__file__).with_name("errors.toml"))
