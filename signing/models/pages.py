"""Pictures of documents' pages."""

from django.db import models

from core.crypto import EncryptedTextField
from signing.models.fields import digest_column


class PageImage(models.Model):
    """A page of a document as WebP, `width` pixels wide; made once, found by the document's digest."""

    document_digest = digest_column()
    page = models.PositiveSmallIntegerField()
    width = models.PositiveSmallIntegerField()
    blob = digest_column()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["document_digest", "page", "width"], name="page_image_once"),
        )


class InspectedPage(models.Model):
    """A page of somebody's file on the verify page, signatures outlined; forgotten after an hour.

    The file itself is never stored. `inspection` is unguessable and known to one browser session only.
    """

    inspection = models.UUIDField()
    number = models.PositiveSmallIntegerField()
    picture = EncryptedTextField()  # WebP in Base64: pages of contracts are personal data
    created_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["inspection", "number"], name="inspected_page_once"),)
