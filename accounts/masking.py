"""Personal data as they are shown: enough to recognise a person by, too little to use."""

from core.principal import Permission, Principal

STARS = "*" * 8


def mask_number(number: str) -> str:
    """`370303********0013`; numbers too short for that keep a third in front and two characters behind."""
    if len(number) >= 15:
        return f"{number[:6]}{'*' * (len(number) - 10)}{number[-4:]}"
    front = len(number) // 3
    return f"{number[:front]}{'*' * max(0, len(number) - front - 2)}{number[-2:]}" if number else ""


def mask_phone(number: str) -> str:
    """`138****0000`."""
    return f"{number[:3]}****{number[-4:]}" if len(number) >= 8 else "*" * len(number)


def mask_card(number: str) -> str:
    """The last four digits."""
    return f"**** {number[-4:]}" if number else ""


def mask_email(email: str) -> str:
    """`t***@example.com`."""
    user, at, host = email.partition("@")
    return f"{user[:1]}***{at}{host}" if email else ""


def mask_address(address: str) -> str:
    """The first six characters, which rarely say more than the city and district."""
    return f"{address[:6]}{STARS}" if address else ""


def mask_date(day: str) -> str:
    """The year."""
    return f"{day[:4]}-**-**" if day else ""


def mask_name(name: str) -> str:
    """The first character."""
    return f"{name[:1]}**" if name else ""


def shown_name(principal: Principal, name: str) -> str:
    """A worker's name, whole only for who may see personal data."""
    return name if Permission.VIEW_PII in principal.permissions else mask_name(name)
