from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from core import checks, errors  # noqa: F401  (all of these register themselves on import)
        from core.webhooks import errors as webhook_errors  # noqa: F401  (registers their catalogue)
        from core.webhooks import tasks  # noqa: F401  (registers work)
