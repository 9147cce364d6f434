from django.apps import AppConfig


class FilingBridgeConfig(AppConfig):
    name = "filing_bridge"
