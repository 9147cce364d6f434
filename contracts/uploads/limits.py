"""What every upload is bounded by, and how one is refused."""

from typing import Final

MAX_BYTES: Final = 10 * 1024 * 1024


class UnfitError(Exception):
    """A file that cannot become a template; `code` is one of `contracts/errors.toml`."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)
