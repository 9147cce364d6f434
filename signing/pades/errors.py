"""Refusals of placing, signing and completing. Their words are in `errors.toml`."""

from pathlib import Path

from core.errors import CATALOGUE, Refused

CATALOGUE.load(Path(__file__).with_name("errors.toml"))


class PlaceRefused(Refused):
    """place_outside_page, place_outside_zone, place_overlaps or place_too_small."""


class MarkRefused(Refused):
    """mark_unreadable, mark_character_missing or seal_invalid."""


class SigningRefused(Refused):
    """document_not_prepared, field_unknown, field_already_signed or signing_out_of_turn."""
