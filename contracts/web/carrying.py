"""What was typed on one page and is confirmed on the next, carried in the address.

It is encrypted like a list's search, because pay must not stand in addresses and logs. A reload asks nothing
twice, and Back works.
"""

import json
from urllib.parse import quote

from cryptography.exceptions import InvalidTag
from django.http import HttpRequest, QueryDict

from core.crypto import decrypt, encrypt
from core.errors import Refused

LONGEST = 3800  # characters: web servers take addresses of four thousand


def carry(typed: QueryDict, place: str) -> str:
    """The value of `of` for the next address; `place` binds it to its use. Refuses `typed_too_much`."""
    kept = {name: typed.getlist(name) for name in typed if name != "csrfmiddlewaretoken"}
    sealed = encrypt(json.dumps(kept, ensure_ascii=False, separators=(",", ":")), place)
    if len(quote(sealed)) > LONGEST:
        raise Refused("typed_too_much")
    return sealed


def carried(request: HttpRequest, place: str) -> QueryDict:
    """What was typed; refuses `not_found` what is not there, was altered, or is of another place."""
    try:
        kept = json.loads(decrypt(str(request.GET["of"]), place))
    except (InvalidTag, ValueError, KeyError) as error:
        raise Refused("not_found") from error
    typed = QueryDict(mutable=True)
    for name, values in kept.items():
        typed.setlist(name, values)
    return typed
