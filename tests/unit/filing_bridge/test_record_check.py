"""A record's faults, all at once."""

import copy
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from filing_bridge.profiles import profile_for
from filing_bridge.record_check import check_record

TODAY = date(2026, 11, 4)
PROFILE = profile_for("370303")


def faults(record: dict[str, Any], *, today: date = TODAY, profile: Any = PROFILE) -> list[tuple[str, str]]:
    return [(item.field, item.code) for item in check_record(record, profile, today=today)]


def changed(record: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """A copy with values set by pointer; None removes."""
    copied = copy.deepcopy(record)
    for pointer, value in changes.items():
        *parents, last = pointer.split("/")[1:]
        section = copied
        for step in parents:
            section = section[step]
        if value is None:
            section.pop(last, None)
        else:
            section[last] = value
    return copied


def test_a_good_record_has_none(record: dict[str, Any]) -> None:
    assert faults(record) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"/contract/end": None}, [("/contract/end", "field_missing")]),
        ({"/contract/end": "2026-11-02"}, [("/contract/end", "end_before_start")]),
        ({"/contract/term_type": "2"}, [("/contract/end", "end_forbidden")]),
        ({"/contract/term_type": "3"}, [("/contract/task_text", "field_missing")]),
        ({"/contract/si_injury": None}, [("/contract/si_injury", "field_missing")]),
        (
            {"/contract/employment_form": "3"},
            [
                ("/employer/dispatch_end", "field_missing"),
                ("/employer/dispatch_start", "field_missing"),
                ("/employer/host_name", "field_missing"),
                ("/employer/host_uscc", "field_missing"),
            ],
        ),
        ({"/employer/is_dispatch_agency": True}, [("/employer/dispatch_license_no", "field_missing")]),
        ({"/employer/project_name": "示例花园"}, [("/employer/project_no", "field_missing")]),
        (
            {"/contract/worktime_system": "2"},
            [
                ("/contract/worktime_approval_no", "field_missing"),
                ("/contract/worktime_approval_to", "field_missing"),
                ("/contract/worktime_cycle", "field_missing"),
            ],
        ),
        ({"/filing_type": "21"}, [("/prev_filing_no", "field_missing")]),
        ({"/worker/education": "77"}, [("/worker/education", "code_unknown")]),
        ({"/employer/industry": "C9930"}, [("/employer/industry", "code_unknown")]),
        ({"/contract/work_place_code": "999999"}, [("/contract/work_place_code", "code_unknown")]),
        (
            {"/worker/id_type": "42"},
            [("/worker/id_type", "code_unknown"), ("/worker/nationality", "field_missing")],
        ),
        ({"/employer/uscc": "91370303MA3TE5T03N"}, [("/employer/uscc", "uscc_checksum")]),
        ({"/employer/host_uscc": "91370303MA3TE5T03N"}, [("/employer/host_uscc", "uscc_checksum")]),
        ({"/submitter_phone": "12345"}, [("/submitter_phone", "phone_form")]),
        ({"/worker/id_no": "370303199003070031"}, [("/worker/id_no", "citizen_number_checksum")]),
        ({"/worker/birth_date": "1990-03-08"}, [("/worker/birth_date", "birth_date_differs")]),
        ({"/worker/sex": "2"}, [("/worker/sex", "sex_differs")]),
        (
            {"/worker/id_type": "08", "/worker/id_no": "AB12345"},
            [
                ("/worker/nationality", "field_missing"),
                ("/worker/work_permit_no", "field_missing"),
                ("/worker/work_permit_valid_to", "field_missing"),
            ],
        ),
        ({"/submitted_at": "2026-11-05T00:00:00+08:00"}, [("/submitted_at", "submitted_in_future")]),
        ({"/filing_type": "12", "/late_reason": "x"}, [("/filing_type", "not_late")]),
        ({"/contract/employment_start": "2026-12-05"}, [("/contract/employment_start", "too_early")]),
    ],
)
def test_each_fault_is_named(
    record: dict[str, Any], changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert faults(changed(record, changes)) == expected


def test_all_faults_come_at_once(record: dict[str, Any]) -> None:
    changes = {"/worker/education": "77", "/employer/uscc": "91370303MA3TE5T03N", "/contract/end": None}
    assert len(faults(changed(record, changes))) == 3


def test_lateness_by_the_day(record: dict[str, Any]) -> None:
    in_time = changed(record, {"/submitted_at": "2026-12-03T23:59:59+08:00"})
    late = changed(record, {"/submitted_at": "2026-12-04T00:00:00+08:00"})
    today = date(2026, 12, 4)
    assert faults(in_time, today=today) == []
    assert faults(late, today=today) == [("/filing_type", "late_hire"), ("/late_reason", "field_missing")]
    late = changed(late, {"/filing_type": "12", "/late_reason": "系统故障"})
    assert faults(late, today=today) == []
    assert faults(late, today=today, profile=replace(PROFILE, max_days_back=30)) == [
        ("/contract/employment_start", "too_far_back")
    ]


def test_sixteen_on_the_day(record: dict[str, Any]) -> None:
    young = {"/worker/id_type": "17", "/worker/id_no": "E12345678", "/worker/nationality": "CHN"}
    assert faults(changed(record, young | {"/worker/birth_date": "2010-11-03"})) == []
    assert faults(changed(record, young | {"/worker/birth_date": "2010-11-04"})) == [
        ("/worker/birth_date", "under_sixteen")
    ]
