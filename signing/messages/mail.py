"""E-mail as a second way to reach a person, through Django's mail back end that the settings name."""

import smtplib

from django.core.mail import EmailMessage

from signing.messages.gateway import MessageDeclined, MessageUnavailable


class Mail:
    """The first line of `text` is the subject. A mail server accepts or refuses; it never reports."""

    reports = False

    def __init__(self, backend: str) -> None:
        kind = backend.split(".")[-2]  # of Django's mail back ends; all but one are stand-ins
        self.name = "smtp" if kind == "smtp" else f"{kind} (测试 TEST)"

    def send(self, *, to: str, text: str, message_id: str) -> str:
        subject, _, body = text.partition("\n")
        reference = f"<{message_id}@qianbei>"  # the same again when repeated: readers show it once
        letter = EmailMessage(subject, body.lstrip("\n"), to=[to], headers={"Message-ID": reference})
        try:
            letter.send()
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
            raise MessageDeclined from error
        except (smtplib.SMTPException, OSError) as error:
            raise MessageUnavailable from error
        return reference

    def arrived(self, reference: str) -> bool | None:
        return None
