"""Which field holds a code of which table. The pointers are the same in facts and filing records.

/worker/hukou_code and /worker/resid_code are not among them: people's papers name abolished divisions.
"""

from collections.abc import Mapping
from typing import Final

CODE_FIELDS: Final[Mapping[str, str]] = {
    "/jurisdiction_code": "division",
    "/employer/type": "employer_type",
    "/employer/economic_type": "economic_type",
    "/employer/affiliation": "affiliation",
    "/employer/industry": "industry",
    "/worker/id_type": "id_type",
    "/worker/sex": "sex",
    "/worker/ethnicity": "ethnicity",
    "/worker/hukou_type": "hukou_type",
    "/worker/education": "education",
    "/worker/person_category": "person_category",
    "/contract/term_type": "term_type",
    "/contract/employment_form": "employment_form",
    "/contract/employment_kind": "employment_kind",
    "/contract/worktime_system": "worktime_system",
    "/contract/occupation_code": "occupation",
    "/contract/work_place_code": "division",
    "/suspension/reason": "suspension_reason",
    "/ending/reason": "end_reason",
    "/ending/circumstance": "end_circumstance",
    "/ending/archive_mode": "archive_mode",
}
