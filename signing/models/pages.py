"""Pictures of documents' pages."""

from django.db import models

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
