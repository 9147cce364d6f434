"""Tables of the sealed log. All are insert-only, guarded by triggers."""

from django.db import models

from signing.evidence.format import Block


class LogBlock(models.Model):
    """A sealed block; the unique number makes one sequencer win when two try."""

    number = models.PositiveBigIntegerField(primary_key=True)
    previous = models.CharField(max_length=64, unique=True)
    root = models.CharField(max_length=64)
    count = models.PositiveIntegerField()
    sealed_at = models.BigIntegerField()
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        app_label = "signing"

    @property
    def header(self) -> Block:
        return Block(self.number, self.previous, self.root, self.count, self.sealed_at)


class LogLeaf(models.Model):
    """The place of an event in a block."""

    event = models.OneToOneField(
        "core.AuditEvent", on_delete=models.PROTECT, primary_key=True, related_name="leaf"
    )
    block = models.ForeignKey(LogBlock, on_delete=models.PROTECT, related_name="leaves")
    position = models.PositiveIntegerField()
    leaf = models.CharField(max_length=64)

    class Meta:
        app_label = "signing"
        constraints = (models.UniqueConstraint(fields=["block", "position"], name="log_leaf_place_once"),)


class LogStamp(models.Model):
    """An RFC 3161 token over a block's hash; it covers every earlier block by the chain."""

    block = models.OneToOneField(LogBlock, on_delete=models.PROTECT, primary_key=True, related_name="stamp")
    token = models.BinaryField()
    stamped_at = models.DateTimeField()

    class Meta:
        app_label = "signing"
