"""A stand-in for the outside authorities: CA, OCSP, CRL and time-stamp authority; for tests and demo.

What it issues is 测试 / TEST NOT EVIDENCE, and says so in every subject. It runs as a process of its own:

    python -m signing.testpki init DIR [--base-url URL] [--algorithm p256|rsa2048]
    python -m signing.testpki serve DIR [--port N]
"""
