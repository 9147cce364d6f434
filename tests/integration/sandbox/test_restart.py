"""What was acknowledged survives SIGKILL, and what was not acknowledged is not half there."""

import random
import threading
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest

from tests.support.pki import RunningPki
from tests.support.sandbox import Draft, Platform, Reply, running_sandbox
from tests.support.signed_contracts import Authorities

pytestmark = pytest.mark.processes


def test_a_kill_right_after_the_answer_loses_nothing(
    pki: RunningPki, authorities: Authorities, tmp_path: Path
) -> None:
    with running_sandbox(tmp_path, pki) as sandbox:
        platform = Platform(sandbox, authorities, random.Random(1))
        platform.register()
        draft = platform.draft()
        keys = sandbox.folder.joinpath("province.jwks.json").read_bytes()

        accepted = platform.file(draft)
        sandbox.kill()
        sandbox.start()

        assert sandbox.folder.joinpath("province.jwks.json").read_bytes() == keys
        assert platform.query(draft).token == accepted.token == platform.file(draft).token
        assert [row["key"] for row in sandbox.ledger()] == [draft.key]


@pytest.mark.parametrize(
    "kills", [3, pytest.param(40, marks=[pytest.mark.nightly, pytest.mark.timeout(1800)])]
)
def test_kills_at_any_moment_lose_no_acknowledged_filing(
    pki: RunningPki, authorities: Authorities, tmp_path: Path, kills: int
) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")  # noqa: T201  (the seed, to run it again)
    chance = random.Random(seed)
    with running_sandbox(tmp_path, pki) as sandbox:
        platform = Platform(sandbox, authorities, chance)
        platform.register()
        drafts = [platform.draft() for _ in range(kills)]
        acknowledged: list[tuple[Draft, Reply]] = []
        for draft in drafts:
            killer = threading.Timer(chance.uniform(0, 0.6), sandbox.kill)
            killer.start()
            with suppress(
                httpx2.HTTPError
            ):  # whether it was taken in is unknown, as it would be for a platform
                acknowledged.append((draft, platform.file(draft)))
            killer.join()
            sandbox.start()

        for draft, reply in acknowledged:
            assert platform.query(draft).token == reply.token
        assert all(platform.file(draft).state == "accepted" for draft in drafts)
        assert sorted(row["key"] for row in sandbox.ledger()) == sorted(draft.key for draft in drafts)
