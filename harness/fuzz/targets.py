"""All targets by name, in the order in which they are run."""

from __future__ import annotations

from fuzz import certificates, conversations, texts, wire
from fuzz.target import Target

TARGETS: dict[str, Target] = {
    target.name: target for target in (*texts.TARGETS, *wire.TARGETS, *certificates.TARGETS, *conversations.TARGETS)
}
