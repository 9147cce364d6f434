"""Evidence: the audit log in chained, time-stamped blocks, and a package per contract that proves itself offline."""
