"""Command line of the stand-in PKI: `init` and `serve`."""

import argparse
import signal
import sys
from pathlib import Path

from signing.keys.signing_key import KeyAlgorithm
from signing.testpki.app import TestPki, make_pki_server
from signing.testpki.material import DEFAULT_BASE_URL, create, load


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m signing.testpki", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    init = commands.add_parser("init", help="create the PKI once in DIR")
    init.add_argument("dir", type=Path)
    init.add_argument("--base-url", default=DEFAULT_BASE_URL, help="where certificates say the server is")
    init.add_argument("--algorithm", type=KeyAlgorithm, default=KeyAlgorithm.P256, metavar="p256|rsa2048")
    serve = commands.add_parser("serve", help="answer until told to stop")
    serve.add_argument("dir", type=Path)
    serve.add_argument("--port", type=int, help="default: the port of the base URL; 0 picks a free one")
    serve.add_argument("--host", default="127.0.0.1", help="default: loopback; another inside a container")
    serve.add_argument("--base-url", help="for new certificates, instead of the one given at init")
    options = parser.parse_args(arguments)

    if options.command == "init":
        create(options.dir, base_url=options.base_url, algorithm=options.algorithm)
        return 0
    app = TestPki(load(options.dir), options.base_url)
    port = options.port
    if port is None:
        port = int(app.base_url.rpartition(":")[2])
    server = make_pki_server(app, port, options.host)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    sys.stdout.write(f"ready: test PKI (测试 TEST NOT EVIDENCE) on http://{options.host}:{server.port}\n")
    sys.stdout.flush()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        return 0
    finally:
        server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
