"""Set-up, tests and checks of this repository: what the targets of the Makefile run."""
