"""Where on the axes an execution stands, as the bench is told it; which points there are is not known here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Variant:
    """Where on the axes an execution stands. version None: both ends allow everything that they have."""

    role: str
    version: str | None = "tls13"
    transport: str = "memory"
    delivery: str = "whole"

    def __str__(self) -> str:
        return "+".join(part for part in (self.role, self.version, self.transport, self.delivery) if part)
