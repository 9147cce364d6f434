"""The line between platform and province as calls of functions: no socket, no thread, no waiting.

What a line does to a request is done here; what the province itself does wrong is `sandbox/faults.py`. The
same steps lead to the same requests in the same order. The real client and the real server meet in
`tests/integration/filing/test_campaign.py`.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import urlsplit

from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from filing_bridge.client import Call, NoReply, Reply
from filing_bridge.sandbox.app import App
from filing_bridge.sandbox.server import Delivery


class Trouble(Enum):
    """What a line does to one request."""

    DEAD = "dead"  # no connection: nothing leaves the house
    SLOW = "slow"  # nobody waits so long; the request arrives later, when a test says so


# What the client makes of a reply that does not arrive whole, and in time.
_LOST = {
    Delivery.NONE: "connection_broken",
    Delivery.HALF: "connection_broken",
    Delivery.DRIP: "deadline_exceeded",
}


@dataclass
class Line:
    """Stands for `filing_bridge.client.exchange`."""

    app: App
    cut: bool = False  # down altogether
    troubles: deque[Trouble] = field(default_factory=deque)  # of the next requests, one each
    under_way: list[Call] = field(default_factory=list)  # given up by their senders

    def exchange(self, calls: Sequence[Call]) -> list[Reply | NoReply]:
        return [self._one(call) for call in calls]

    def arrive(self) -> None:
        """What was slow arrives; its answers reach nobody."""
        calls, self.under_way = self.under_way, []
        for call in calls:
            self._answer(call)

    def calm(self) -> None:
        """All is well from now on; what was slow stays under way."""
        self.cut = False
        self.troubles.clear()

    def _one(self, call: Call) -> Reply | NoReply:
        trouble = self.troubles.popleft() if self.troubles else None
        if self.cut or trouble is Trouble.DEAD:
            return NoReply(sent=False, code="not_connected")
        if trouble is Trouble.SLOW:
            self.under_way.append(call)
            return NoReply(sent=True, code="deadline_exceeded")
        return self._answer(call)

    def _answer(self, call: Call) -> Reply | NoReply:
        builder = EnvironBuilder(
            urlsplit(call.url).path, method=call.method, headers=list(call.headers.items()), data=call.body
        )
        reply = self.app.answer(Request(builder.get_environ()))
        if code := _LOST.get(reply.delivery):
            return NoReply(sent=True, code=code)
        response = reply.response
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Reply(response.status_code, headers, response.get_data())
