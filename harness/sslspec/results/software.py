"""What a record's header says of a column, read with care: which implementation, on which Python and TLS library.

A header may come from anywhere: what has not the form of a fact is taken for unknown, which is "" here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_TITLES = {"cpython": "CPython", "pypy": "PyPy", "graalpy": "GraalPy", "rustpython": "RustPython"}
CPYTHON = "cpython"


@dataclass(frozen=True, slots=True)
class Software:
    """An implementation and what it stands on.

    `interpreter` is the implementation of Python, as ``sys.implementation.name`` has it, `python` its version;
    `library` is the TLS library and `library_version` its version, as ``OPENSSL_VERSION`` tells them. `posing`: one
    that says in that text that it is like another, as refssl does.
    """

    implementation: str
    interpreter: str
    python: str
    library: str
    library_version: str
    posing: bool

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> Software:
        """What the header of a record says of one column."""
        python = facts.get("python")
        python = python if isinstance(python, dict) else {}
        words = text_of(facts, "openssl").split()
        return cls(
            implementation=text_of(facts, "name"),
            interpreter=text_of(python, "implementation"),
            python=text_of(python, "version"),
            library=words[0] if words else "",
            library_version=words[1] if len(words) > 1 else "",
            # Behind OpenSSL's own version stands a date, or nothing.
            posing=len(words) > 2 and words[0] == "OpenSSL" and not words[2].isdecimal(),
        )

    @property
    def python_name(self) -> str:
        """``3.13.0`` of CPython, ``pypy3.11.15`` of another."""
        return ("" if self.interpreter in ("", CPYTHON) else self.interpreter) + self.python

    @property
    def python_title(self) -> str:
        """``CPython 3.13.0``."""
        return f"{_TITLES.get(self.interpreter, self.interpreter) or 'Python'} {self.python}" if self.python else ""

    @property
    def library_title(self) -> str:
        """``OpenSSL 3.0.19``; ``as OpenSSL 3.6.5`` where it only says so."""
        return f"{'as ' if self.posing else ''}{self.library} {self.library_version}".strip() if self.library else ""


def numbers(version: str) -> tuple[int, ...]:
    """(3, 0, 19) of ``3.0.19``; only what stands first and is a number, of at most four parts, counts."""
    found = re.match(r"\d{1,9}(\.\d{1,9}){0,3}", version)
    return tuple(map(int, found[0].split("."))) if found else ()


def text_of(facts: Mapping[str, Any], name: str) -> str:
    """What is told by that name; "" where nothing is, or what is no text."""
    value = facts.get(name)
    return value if isinstance(value, str) else ""
