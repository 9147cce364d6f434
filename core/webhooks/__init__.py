"""Outgoing webhooks: signed, retried for days, visible attempt by attempt, never trusted to arrive.

The kernel knows no business: an event is a topic, a subject and identifiers. A receiver gets at least one
copy of each event and tells copies apart by the event's id.
"""
