"""Every error leaves the API as `application/problem+json` (RFC 9457), in Chinese and English."""

import math
import uuid
from collections.abc import Iterator
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from core.errors import Fault, Refused

log = structlog.get_logger()

# Words for what a serializer finds wrong with a field, by the code that DRF gives it.
FIELD_MESSAGES: dict[str, tuple[str, str]] = {
    "required": ("此项必填。", "This field is required."),
    "null": ("此项不能为空。", "This field may not be null."),
    "blank": ("此项不能为空白。", "This field may not be blank."),
    "unknown": ("不认识的字段。", "Unknown field."),
    "max_length": ("内容过长。", "Too long."),
    "min_length": ("内容过短。", "Too short."),
    "max_value": ("数值过大。", "Too large."),
    "min_value": ("数值过小。", "Too small."),
    "invalid_choice": ("不在可选范围内。", "Not one of the choices."),
    "not_a_list": ("应为列表。", "A list is expected."),
    "empty": ("不能为空。", "May not be empty."),
    "invalid": ("格式不正确。", "Not in the right form."),
}

# DRF's own exceptions, by the class that it raises, and the code under which we know them.
FRAMEWORK_REFUSALS: dict[type[Exception], str] = {
    Http404: "not_found",
    exceptions.NotFound: "not_found",
    PermissionDenied: "not_found",
    exceptions.PermissionDenied: "not_found",
    exceptions.NotAuthenticated: "not_authenticated",
    exceptions.AuthenticationFailed: "not_authenticated",
    exceptions.ParseError: "malformed_json",
    exceptions.UnsupportedMediaType: "unsupported_media_type",
    exceptions.MethodNotAllowed: "method_not_allowed",
    RequestDataTooBig: "body_too_large",
}


def problem_response(error: Exception, context: dict[str, Any]) -> Response:
    """DRF's EXCEPTION_HANDLER."""
    refused = as_refusal(error)
    if refused is None:
        number = uuid.uuid4().hex[:12]
        log.exception("api.failed", error_number=number, exc_info=error)
        refused = Refused("internal_error")
        document = document_of(refused, error_number=number)
    else:
        document = document_of(refused)
    headers = {"Retry-After": str(refused.retry_after)} if refused.retry_after else None
    return Response(document, refused.row.status, headers=headers, content_type="application/problem+json")


def as_refusal(error: Exception) -> Refused | None:
    """The refusal that an exception means, or None when it is a malfunction."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, exceptions.ValidationError):
        return Refused("invalid_input", faults=_faults(error.detail, ""))
    if isinstance(error, exceptions.Throttled):
        return Refused("too_many_requests", retry_after=math.ceil(getattr(error, "wait", None) or 60))
    for kind, code in FRAMEWORK_REFUSALS.items():
        if isinstance(error, kind):
            return Refused(code)
    return None


def document_of(refused: Refused, **extra: object) -> dict[str, object]:
    """The problem document."""
    row = refused.row
    return {
        "type": f"urn:qianbei:error:{row.code}",
        "code": row.code,
        "status": row.status,
        "title": refused.message("zh"),
        "title_en": refused.message("en"),
        "remedy": row.remedy_zh,
        "remedy_en": row.remedy_en,
        "faults": [
            {
                "field": fault.field,
                "code": fault.code,
                "message": fault.zh,
                "message_en": fault.en,
                "remedy": fault.remedy_zh,
                "remedy_en": fault.remedy_en,
            }
            for fault in refused.faults
        ],
        **extra,
    }


def _faults(detail: Any, path: str) -> Iterator[Fault]:
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _faults(inner, f"{path}/{name}" if name != "non_field_errors" else path or "/")
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            yield from _faults(inner, f"{path}/{index}" if isinstance(inner, dict) else path)
    else:
        code = getattr(detail, "code", "invalid")
        zh, en = FIELD_MESSAGES.get(code, FIELD_MESSAGES["invalid"])
        yield Fault(path or "/", code, zh, en)
