"""What a gateway must do, and how it says that it did not."""

from typing import Protocol


class MessageUnavailable(Exception):  # noqa: N818  (an answer to the caller, not a malfunction)
    """The gateway did not answer; the message may or may not have left. The same id may be sent again."""


class MessageDeclined(Exception):  # noqa: N818  (an answer, not a malfunction)
    """The gateway will not send this message."""


class Gateway(Protocol):
    """Sends words to an address (a phone number, an e-mail address).

    `reports` says whether it can tell later what became of a message.
    """

    name: str
    reports: bool

    def send(self, *, to: str, text: str, message_id: str) -> str:
        """Send once per `message_id`, however often it is asked; returns the gateway's own reference.

        Raises MessageUnavailable or MessageDeclined.
        """
        ...

    def arrived(self, reference: str) -> bool | None:
        """Whether a message arrived; None while that is not known. Raises MessageUnavailable."""
        ...
