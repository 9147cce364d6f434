"""Bulk sending, from the uploaded sheet to the last contract sent."""
