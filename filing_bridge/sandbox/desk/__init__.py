"""The officers' side of the stand-in: queues, review, batches for two, a worklist, statistics. A TEST."""
