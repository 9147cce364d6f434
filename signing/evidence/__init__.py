"""Evidence: the audit log in chained, time-stamped blocks, and a package that proves itself offline."""
