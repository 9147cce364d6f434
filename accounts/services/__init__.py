"""Writes: every function is keyword-only, says what it commits and what it refuses."""
