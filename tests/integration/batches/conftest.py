"""An employer's clerk with the published templates, and batches made by the services."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from accounts.models import Employer
from contracts.models import Batch
from contracts.services.batches.uploading import upload_batch
from contracts.services.publishing import publish_own_templates
from core import work
from core.principal import Principal, Role
from tests.support.accounts import make_employer, make_principal
from tests.support.sheets import sheet_of


@dataclass(frozen=True)
class Desk:
    """A clerk's desk."""

    employer: Employer
    clerk: Principal

    def upload(self, *rows: Mapping[str, Any], **options: Any) -> Batch:
        """The batch of a sheet with these rows, not checked yet."""
        return self.upload_file(sheet_of(rows), **options)

    def upload_file(self, data: bytes, **options: Any) -> Batch:
        return upload_batch(
            principal=self.clerk, template_slug="general", file_name="名单.xlsx", data=data, **options
        )

    def checked(self, *rows: Mapping[str, Any]) -> Batch:
        """The batch of a sheet with these rows, after its check has run."""
        batch = self.upload(*rows)
        assert work.run_due(work.GENERAL) == 1
        batch.refresh_from_db()
        return batch


@pytest.fixture
def desk(db: None) -> Desk:
    publish_own_templates()
    employer = make_employer()
    return Desk(employer, make_principal(employer, Role.CLERK))


@pytest.fixture
def other_desk(desk: Desk) -> Desk:
    employer = make_employer(name="另一示例公司")
    return Desk(employer, make_principal(employer, Role.CLERK))


def codes(batch: Batch, number: int) -> set[str]:
    """The codes of what is said of a row."""
    return {code for _, code, *_ in batch.rows.get(number=number).remarks}
