from django.apps import AppConfig


class SigningConfig(AppConfig):
    name = "signing"

    def ready(self) -> None:
        from signing import errors, tasks  # noqa: F401  (the imports register)
