"""The processes of an installation on one machine, and how they are told of one another.

Web, worker, signer and province, and the stand-in for certificate and time-stamp authorities. Only the signer
gets the passphrase of the keys.
"""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from config.demo.processes import HOST, Program, answers, free_port, says

PYTHON = sys.executable
ROOT = Path(__file__).resolve().parents[2]
WEB_THREADS = 8
SIGNER_THREADS = 2
WORKER_THREADS = 2
SYSTEM_CODE = "QIANBEI-TEST"  # the platform's name with the stand-in province
PROVINCE_TOKEN = "stand-in"  # noqa: S105  (says what it is)
PROVINCE_KEYS = "province.jwks.json"


@dataclass(frozen=True)
class Ports:
    web: int
    pki: int
    province: int

    @classmethod
    def free(cls) -> "Ports":
        return cls(free_port(), free_port(), free_port())


class System:
    """One installation in a folder of its own: its settings, set-up and programs."""

    def __init__(self, folder: Path, ports: Ports, more: Mapping[str, str] | None = None) -> None:
        self.folder = folder.resolve()
        self.ports = ports
        self.base_url = f"http://{HOST}:{ports.web}"
        self.pki_url = f"http://{HOST}:{ports.pki}"
        self.province_url = f"http://{HOST}:{ports.province}"
        self.outbox = self.folder / "outbox"
        self.pki_dir = self.folder / "pki"
        self.province_dir = self.folder / "province"
        self.root_certificate = self.pki_dir / "root.pem"
        self._signer_passphrase = secrets.token_urlsafe(32)
        self.environment = {
            "DJANGO_SETTINGS_MODULE": "config.settings.embedded",
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "QIANBEI_VAR": str(self.folder),
            "DATABASE_URL": f"sqlite:///{self.folder / 'qianbei.sqlite3'}",
            "PUBLIC_URL": self.base_url,
            "PKI_URL": self.pki_url,
            "PROVINCES": json.dumps({"": self._province_entry()}),
            "PROVINCE_TOKEN": PROVINCE_TOKEN,
            "WEBHOOK_ALLOW_LOOPBACK": "1",
            "LOG_LEVEL": "WARNING",
            **(more or {}),
        }

    def set_up(self) -> str:
        """Create keys, tables and templates; returns the operator's API key, which is shown only now."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.run("-m", "signing.testpki", "init", str(self.pki_dir), "--base-url", self.pki_url)
        self.manage("migrate", "--verbosity", "0")
        self.manage("publish_templates")
        self._register_with_province()
        return self.manage("create_operator", "--email", "operator@example.test").split()[-1]

    def _province_entry(self) -> dict[str, str]:
        keys = str(self.province_dir / PROVINCE_KEYS)
        return {"url": self.province_url, "system_code": "TEST-SANDBOX", "keys": keys}

    def _register_with_province(self) -> None:
        """What a platform and a province exchange on paper: our token and public keys."""
        keys, token = self.folder / "platform.jwks.json", self.folder / "province-token"
        keys.write_text(self.run(str(ROOT / "manage.py"), "platform_keys", more=self.signer_secret))
        token.write_text(PROVINCE_TOKEN)
        self.run(
            "-m", "filing_bridge.sandbox", "register", "--dir", str(self.province_dir),
            "--system-code", SYSTEM_CODE, "--token-file", str(token), "--jwks", str(keys),
        )  # fmt: skip

    def manage(self, *arguments: str) -> str:
        """Run a management command; its output. CalledProcessError when it fails."""
        return self.run(str(ROOT / "manage.py"), *arguments)

    def run(self, *arguments: str, more: Mapping[str, str] | None = None) -> str:
        """Run Python in this installation's environment."""
        done = subprocess.run(  # noqa: S603  (programs of this repository)
            [PYTHON, *arguments],
            env={**os.environ, **self.environment, **(more or {})},
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    @property
    def signer_secret(self) -> dict[str, str]:
        """What only the signer's environment holds."""
        return {"SIGNER_PASSPHRASE": self._signer_passphrase}

    def programs(self) -> list[Program]:
        """In the order in which they start: what others call comes first."""
        return [self.pki(), self.province(), self.signer(), self.worker(), self.web()]

    def pki(self) -> Program:
        command = (PYTHON, "-m", "signing.testpki", "serve", str(self.pki_dir), "--port", str(self.ports.pki))
        return Program("pki", command, says("ready:"), self.environment)

    def province(self) -> Program:
        command = (
            PYTHON, "-m", "filing_bridge.sandbox", "serve",
            "--dir", str(self.province_dir), "--port", str(self.ports.province),
            "--pki-dir", str(self.pki_dir),
        )  # fmt: skip
        return Program("province", command, says("ready:"), self.environment)

    def worker(self) -> Program:
        return self._work("worker", "general", WORKER_THREADS, {})

    def signer(self) -> Program:
        return self._work("signer", "signing", SIGNER_THREADS, self.signer_secret)

    def web(self) -> Program:
        command = (
            PYTHON, "-m", "gunicorn", "config.wsgi", "--bind", f"{HOST}:{self.ports.web}",
            "--threads", str(WEB_THREADS), "--log-level", "warning",
        )  # fmt: skip
        return Program("web", command, answers(self.ports.web), self.environment)

    def _work(self, name: str, channel: str, threads: int, secret: Mapping[str, str]) -> Program:
        command = (
            PYTHON, str(ROOT / "manage.py"), "work", "--channel", channel, "--threads", str(threads),
        )  # fmt: skip
        return Program(name, command, says("work: ready"), {**self.environment, **secret})
