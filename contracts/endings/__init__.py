"""The ending of a contract (解除、终止): reasons by statute, compensation, facts, checks, certificate.

Framework-free: the province runs the same reasons and checks over the signed certificate.
"""
