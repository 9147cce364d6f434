"""Registers this package's refusals."""

from pathlib import Path

from core.errors import CATALOGUE

CATALOGUE.load(Path(__file__).with_name("errors.toml"))
