"""Print the platform's public keys, which a province needs to register us. For the signer only."""

import json
from typing import Any

from django.core.management.base import BaseCommand

from signing.services.keyroom import platform_jwks


class Command(BaseCommand):
    help = "Print the platform's public keys as a JWK set (RFC 7517)."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(json.dumps(platform_jwks(), indent=2))
