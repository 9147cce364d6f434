from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import errors  # noqa: F401  (the import registers)
        from accounts.api import schema  # noqa: F401  (registers with drf-spectacular)
        from accounts.services import attempts, mail  # noqa: F401  (registers events and work)
