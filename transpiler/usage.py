"""The error for what the user asked: a request that cannot be carried out as given."""

from __future__ import annotations


class UsageError(Exception):
    """The request cannot be carried out as given; the message is for the user (exit code 2)."""
