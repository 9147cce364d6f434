"""What can be done in signing. Every function says what it commits and what it refuses."""
