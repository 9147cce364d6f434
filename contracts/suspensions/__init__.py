"""Suspension (中止) of a contract and its resumption (恢复): facts, checks, document.

Framework-free: the province runs the same checks over the signed document.
"""
