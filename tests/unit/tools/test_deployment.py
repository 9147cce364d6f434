"""docker-compose.yml cannot be run here, so what it promises is read off it."""

import ast
import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(
    (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
)["services"]
OURS = ("web", "worker", "signer", "beat", "migrate")
ONE_SHOT = ("migrate", "bucket")
STAND_INS = ("province", "pki")
SECRET = re.compile(r"KEY|TOKEN|PASS|SECRET")
REQUIRED = re.compile(r"\$\{[A-Z0-9_]+:\?\}")


def environment_of(name: str) -> dict[str, str]:
    environment: dict[str, str] = SERVICES[name].get("environment", {})
    return environment


def test_every_process_of_the_architecture_is_there() -> None:
    assert set(SERVICES) == {*OURS, *ONE_SHOT, *STAND_INS, "postgres", "redis", "storage"}


@pytest.mark.parametrize("name", sorted(set(SERVICES) - set(ONE_SHOT)))
def test_every_lasting_service_tells_whether_it_is_well(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_stand_ins_and_nothing_else_need_the_sandbox_profile(name: str) -> None:
    assert SERVICES[name].get("profiles", []) == (["sandbox"] if name in STAND_INS else [])


def test_only_the_signer_can_open_keys() -> None:
    holders = {
        name
        for name, service in SERVICES.items()
        if {"SIGNER_PASSPHRASE", "CA_TOKEN"} & set(environment_of(name))
        or any(str(volume).startswith("signer-keys:") for volume in service.get("volumes", []))
    }

    assert holders == {"signer"}


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_no_secret_has_a_default(name: str) -> None:
    literal = {
        key: value
        for key, value in environment_of(name).items()
        if SECRET.search(key) and not REQUIRED.fullmatch(value) and key != "FIELD_KEY_ACTIVE"
    }

    assert literal == {}


def test_every_variable_must_be_given_and_is_explained() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    used = set(re.findall(r"(?<!\$)\$\{?([A-Z0-9_]+)", text))
    required = {found[2:-3] for found in REQUIRED.findall(text)}
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    explained = set(re.findall(r"^([A-Z0-9_]+)=", example, re.MULTILINE))

    assert used == required == explained


@pytest.mark.parametrize("name", OURS)
def test_each_process_gets_what_production_settings_require(name: str) -> None:
    tree = ast.parse((ROOT / "config" / "settings" / "production.py").read_bytes())
    required = {
        call.args[0].value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and re.fullmatch(r"env(\.\w+)?", ast.unparse(call.func))
        and isinstance(call.args[0], ast.Constant)
        and not any(keyword.arg == "default" for keyword in call.keywords)
    }

    assert required
    assert required - set(environment_of(name)) == set()


def test_ports_are_published_on_loopback_only() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]

    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_images_are_pinned_and_commands_exist(name: str) -> None:
    service = SERVICES[name]
    tag = service["image"].partition(":")[2]
    command = service.get("command", "")
    modules = [f"{package}.__main__" for package in re.findall(r"python -m ([\w.]+)", command)]
    modules += re.findall(r"celery -A ([\w.]+)", command)

    assert service["image"] == "qianbei" or (tag and tag != "latest")
    assert [module for module in modules if importlib.util.find_spec(module) is None] == []


def test_the_image_copies_only_what_is_there() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = [
        word
        for line in lines
        if line.startswith("COPY ") and "--from" not in line
        for word in line.split()[1:-1]
    ]

    assert copied
    assert [word for word in copied if not (ROOT / word).exists()] == []
