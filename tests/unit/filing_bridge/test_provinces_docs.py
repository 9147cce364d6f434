"""docs/provinces.md: its example is a profile, and it names every field that a profile may have."""

import json
import re
from pathlib import Path
from typing import Any

from filing_bridge import profiles as package
from filing_bridge.mapping import FilingType
from filing_bridge.profiles import profiles, read_profile

TEXT = (Path(__file__).parents[3] / "docs" / "provinces.md").read_text(encoding="utf-8")
SCHEMA: dict[str, Any] = json.loads(
    Path(package.__file__).with_name("profile-1.schema.json").read_text(encoding="utf-8")
)


def test_the_example_is_a_profile() -> None:
    [example] = re.findall(r"```json profile\n(.*?)```", TEXT, re.DOTALL)
    profile = read_profile(json.loads(example))
    assert profile.covers == "3301"
    assert profile.deadlines[FilingType.HIRE].days == 30


def test_the_page_knows_every_profile_and_every_field() -> None:
    for name in (*profiles(), *SCHEMA["properties"].keys() - {"zh", "en", "code", "agency_code"}):
        assert f"`{name}`" in TEXT or f"**`{name}" in TEXT, name
