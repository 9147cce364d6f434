"""Working through the rows of a batch, whatever is done with each."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import structlog
from django.db import OperationalError, models, transaction

from core.errors import Refused

ROWS_A_TURN = 10
BROKEN = "batch_row_broken"

Row = TypeVar("Row", bound=models.Model)

log = structlog.get_logger()


def take_turn(
    rows: Iterable[Row],
    *,
    running: models.QuerySet[Any],
    do: Callable[[Row], None],
    blame: Callable[[Row, str], None],
) -> bool:
    """Do row by row, each in a transaction of its own; False when the batch stopped `running` meanwhile.

    A row that is refused, or breaks, is blamed with the code and holds up no other. A database that is away
    blames nobody: the work is tried again.
    """
    for row in rows:
        if not running.exists():
            return False
        try:
            with transaction.atomic():
                do(row)
        except OperationalError:
            raise
        except Refused as refused:
            _blame(row, refused.code, blame)
        except Exception as error:
            log.error("batch.row_broken", row=row.pk, exc_info=error)
            _blame(row, BROKEN, blame)
    return True


def _blame(row: Row, code: str, blame: Callable[[Row, str], None]) -> None:
    try:
        blame(row, code)
    except Refused:  # another process has done the row meanwhile
        log.info("batch.row_overtaken", row=row.pk)
