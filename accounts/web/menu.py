"""The portal's menu: every app adds entries for the pages that it has, members see what they may use.

Places leave room: 概览 10, 合同 20, 员工 30, 模板 40, 批量发送 50, 印章 60, 备案 70, 审计 80, 设置 90.
"""

from dataclasses import dataclass

from django.urls import reverse

from accounts.web.words import Words
from core.principal import Permission, Principal


@dataclass(frozen=True)
class Entry:
    """One line of the menu: the route it opens, and an icon of frontend/portal/icons.txt."""

    place: int
    title: Words
    route: str
    icon: str
    permission: Permission = Permission.READ


@dataclass(frozen=True)
class Item:
    """An entry as it is shown on one page. `inside` holds on the pages below the entry's own, too."""

    entry: Entry
    address: str
    here: bool
    inside: bool


_entries: dict[str, Entry] = {}


def add(*entries: Entry) -> None:
    """Put entries on the menu; called beside the addresses of an app's pages."""
    _entries.update({entry.route: entry for entry in entries})


def menu_of(principal: Principal, path: str) -> list[Item]:
    """What this member sees while at `path`, in order."""
    items = []
    for entry in sorted(_entries.values(), key=lambda entry: entry.place):
        if entry.permission in principal.permissions:
            address = reverse(entry.route)
            below = address != "/" and path.startswith(address)
            items.append(Item(entry, address, path == address, path == address or below))
    return items
