"""A stand-in for a provincial filing system (测试省厅 SANDBOX): its own process, database and keys.

    python -m filing_bridge.sandbox serve --dir DIR --port N …

It speaks docs/filing-protocol.md, checks what a province would check, and misbehaves when told to
(`faults.py`). Nothing that it signs is evidence of anything.
"""
