"""Fixtures of the filing tests."""

from tests.support.filing_province import province

__all__ = ["province"]
