"""Endings of many at once: made, judged, frozen, through the gate, and worked off row by row."""
