"""What is different between two records, or two columns of one: regressions first, then better, other, gone and new.

A scenario is compared with itself: the same id and peer, and the same implementation, unless each record is about a
single one; then these two are compared with each other. Volatile things are never looked at. Records are gone through
side by side, a scenario at a time, so that files of any size can be compared.

``joining`` says what is compared with what, ``changes`` what became of it, ``reasons`` why; ``rendering``,
``markdown`` and ``as_json`` show it.
"""

from sslspec.compare.changes import Change, Comparison, Group
from sslspec.compare.joining import compare, implementations_of, within
from sslspec.compare.rendering import in_a_line, text

__all__ = ["Change", "Comparison", "Group", "compare", "implementations_of", "in_a_line", "text", "within"]
