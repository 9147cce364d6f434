"""Shapes of what a phone shows beside the document: its gist, its words, a typed name."""

from typing import Any

from rest_framework import serializers


class SummaryRowSerializer(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]  # a field of that name, not the option
    value = serializers.CharField()
    label_en = serializers.CharField()
    value_en = serializers.CharField()


class SectionSerializer(serializers.Serializer[Any]):
    """A heading with what stands below it, printed on the pages `first` … `last` (from 1).

    `blocks`: by `kind`, heading has `text`, paragraph `runs`, fields `rows` (of `label` and `runs`), table
    `head` (strings) and `rows` (of cells, each a list of runs). A run has `text` and `filled`: filled in for
    this document, or the template's own words.
    """

    heading = serializers.CharField()
    heading_en = serializers.CharField()
    first = serializers.IntegerField()
    last = serializers.IntegerField()
    blocks = serializers.ListField(child=serializers.DictField())


class CompanionSerializer(serializers.Serializer[Any]):
    """The contact is empty when the sender named none."""

    contact_name = serializers.CharField()
    contact_phone = serializers.CharField()
    summary = SummaryRowSerializer(many=True)
    sections = SectionSerializer(many=True)


class TypedNameSerializer(serializers.Serializer[Any]):
    """A drawing of `width` × `height`: `path` as in SVG's `d`."""

    width = serializers.FloatField()
    height = serializers.FloatField()
    path = serializers.CharField()
