"""One sheet, many contracts: its columns, how a cell becomes a fact, how files are read and written."""
