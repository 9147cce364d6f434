"""The demonstration: real processes on loopback, driven over the public API as employer and as worker."""
