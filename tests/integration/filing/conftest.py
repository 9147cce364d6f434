"""Fixtures of the filing tests."""

from tests.support.filing_province import employer_key, province
from tests.support.filing_world import new_lives

__all__ = ["employer_key", "new_lives", "province"]
