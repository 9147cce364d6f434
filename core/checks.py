"""Diagnostics for the operator: development stand-ins cannot run under production settings."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, register

# Setting → values that are stand-ins. Each says so itself, and none may serve in production.
STAND_INS: dict[str, tuple[str | bool, ...]] = {
    "SMS_PROVIDER": ("file", "console"),
    "REAL_NAME_PROVIDER": ("synthetic",),
    "CERTIFICATE_AUTHORITY": ("test",),
    "WEBHOOK_ALLOW_LOOPBACK": (True,),
    "EMAIL_BACKEND": tuple(
        f"django.core.mail.backends.{kind}.EmailBackend"
        for kind in ("console", "dummy", "filebased", "locmem")
    ),
}


@register()
def stand_ins_stay_out_of_production(app_configs: Any, **kwargs: Any) -> list[Error]:
    """One error per stand-in that production settings name."""
    if not settings.PRODUCTION:
        return []
    return [
        Error(
            f"{name}={value!r} is a stand-in for tests and demonstrations",
            hint="Configure the real service; see README, “Going to production”.",
            id=f"qianbei.E{number:03}",
        )
        for number, (name, values) in enumerate(STAND_INS.items(), start=1)
        if (value := getattr(settings, name, None)) in values
    ]
