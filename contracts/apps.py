from django.apps import AppConfig


class ContractsConfig(AppConfig):
    name = "contracts"

    def ready(self) -> None:
        from contracts import errors, subscribers, tasks  # noqa: F401  (the imports register)
