"""Command line of the stand-in province.

    serve     answer until told to stop; keys, database and admin token are made in --dir on first start
    register  make a platform known: its token and the file with its public keys

Certificates, time-stamps and revocation come from the stand-in PKI whose folder is --pki-dir.
"""

import argparse
import json
import logging
import signal
import sys
import threading
from datetime import timedelta
from pathlib import Path

from cryptography import x509

from filing_bridge.sandbox.admin import Admin, sender_of
from filing_bridge.sandbox.app import App
from filing_bridge.sandbox.clock import Clock
from filing_bridge.sandbox.decisions import Decisions
from filing_bridge.sandbox.desk.app import Desk
from filing_bridge.sandbox.desk.officers import Sessions, open_officers
from filing_bridge.sandbox.desk.store import DeskStore
from filing_bridge.sandbox.examination import Examiner
from filing_bridge.sandbox.faults import Faults
from filing_bridge.sandbox.forgery import Forger
from filing_bridge.sandbox.intake import Intake
from filing_bridge.sandbox.province import open_province
from filing_bridge.sandbox.sealing import Sealing, open_seal
from filing_bridge.sandbox.server import SandboxServer
from filing_bridge.sandbox.settings import Decide, Settings
from filing_bridge.sandbox.store import Store
from filing_bridge.sandbox.trust import Trust
from signing.keys.authority import CertificateAuthority
from signing.keys.revocation import RevocationSource
from signing.keys.timestamp import TimeStampAuthority

DATABASE = "province.sqlite3"


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m filing_bridge.sandbox",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="answer until told to stop")
    serve.add_argument("--dir", type=Path, required=True, help="keys, database and admin token")
    serve.add_argument("--port", type=int, required=True, help="0 picks a free one")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--pki-dir", type=Path, required=True, help="folder of the stand-in PKI")
    serve.add_argument("--pki-url", help="where it answers, when not at the address of its folder")
    serve.add_argument("--decide", type=Decide, default=Decide.INSTANT, metavar="instant|review|profile")
    serve.add_argument(
        "--review-seconds", type=float, help="accept after so long; default: wait for a person"
    )
    register = commands.add_parser("register", help="make a platform known; also while serving")
    register.add_argument("--dir", type=Path, required=True)
    register.add_argument("--system-code", required=True)
    register.add_argument("--token-file", type=Path, required=True)
    register.add_argument("--jwks", type=Path, required=True, help="JWK set with its public keys")
    register.add_argument("--jurisdiction", action="append", help="division prefix, repeatable; default: all")
    options = parser.parse_args(arguments)
    options.dir.mkdir(parents=True, exist_ok=True)
    return _serve(options) if options.command == "serve" else _register(options)


def _register(options: argparse.Namespace) -> int:
    sender = sender_of(
        {
            "system_code": options.system_code,
            "token": options.token_file.read_text(encoding="utf-8").strip(),
            "jwks": json.loads(options.jwks.read_text(encoding="utf-8")),
            "jurisdictions": options.jurisdiction or [""],
        }
    )
    store = Store(options.dir / DATABASE)
    store.register_sender(sender)
    store.close()
    return 0


def _serve(options: argparse.Namespace) -> int:
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO, stream=sys.stderr)
    for noisy in ("httpx2", "httpcore2"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    app, decisions = _assemble(options)
    server = SandboxServer(options.host, options.port, app.answer)
    stop = threading.Event()
    threading.Thread(target=decisions.keep_accepting, args=(stop,), daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    sys.stdout.write(f"ready: 测试省厅 SANDBOX on http://{options.host}:{server.port}\n")
    sys.stdout.flush()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        return 0
    finally:
        stop.set()
        server.server_close()
    return 0


def _assemble(options: argparse.Namespace) -> tuple[App, Decisions]:
    pki: Path = options.pki_dir
    url = options.pki_url or json.loads((pki / "pki.json").read_text(encoding="utf-8"))["base_url"]
    root, issuing = (
        x509.load_pem_x509_certificate((pki / name).read_bytes()) for name in ("root.pem", "issuing.pem")
    )
    token = (pki / "token").read_text(encoding="utf-8").strip()
    clock = Clock()
    store = Store(options.dir / DATABASE)
    province = open_province(options.dir)
    trust = Trust([root], RevocationSource(), clock)
    review_time = None if options.review_seconds is None else timedelta(seconds=options.review_seconds)
    decisions = Decisions(store, province, clock, Settings(options.decide, review_time))
    intake = Intake(store, decisions, Examiner(trust, clock), province, clock)
    sealing = Sealing(
        key=open_seal(options.dir, CertificateAuthority(f"{url}/issue", token, root=root)),
        tsa=TimeStampAuthority(f"{url}/tsa", [issuing, root]),
        trust=trust,
        store=store,
        intake=intake,
        province=province,
        clock=clock,
    )
    faults = Faults(Forger(province.signer))
    admin = Admin(store, decisions, faults, province, clock)
    sessions = Sessions(open_officers(options.dir))
    desk = Desk(DeskStore(options.dir / DATABASE), store, decisions, sessions, clock)
    return App(intake, sealing, faults, admin, desk, province), decisions


if __name__ == "__main__":
    sys.exit(main())
