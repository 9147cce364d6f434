"""Events between apps. A lower app publishes, an upper app subscribes in `AppConfig.ready()`.

Handlers run synchronously in the publisher's transaction: what they write commits with it or not at all.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

E = TypeVar("E")

_handlers: dict[type, list[Callable[[Any], None]]] = defaultdict(list)


def subscribe(event: type[E], handler: Callable[[E], None]) -> None:
    """Call `handler` for every published instance of `event`; subscribing twice is the same as once."""
    if handler not in _handlers[event]:
        _handlers[event].append(handler)


def publish(event: object) -> None:
    """Run every handler of the event's type, in the order of subscription; exceptions reach the publisher."""
    for handler in _handlers[type(event)]:
        handler(event)
