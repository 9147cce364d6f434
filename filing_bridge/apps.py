from django.apps import AppConfig


class FilingBridgeConfig(AppConfig):
    name = "filing_bridge"

    def ready(self) -> None:
        from filing_bridge import errors, subscribers, tasks  # noqa: F401  (the imports register)
