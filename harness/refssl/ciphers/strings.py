"""OpenSSL's cipher strings: the language of openssl-ciphers(1), and the list that a string makes of the catalogue.

It is read as OpenSSL 3.6 reads it, slips included: what is unknown is passed over up to the next separator, and only a
place where no name is at all makes the whole string invalid.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from refssl.ciphers import aliases, catalogue

_SEPARATORS = ": ;,"
_NAME = re.compile(r"[A-Za-z0-9\-_.=]*")
_LEVEL = re.compile(r"SECLEVEL=([0-5])")
_LENGTHS = sorted({suite.strength_bits for suite in catalogue.TLS12_SUITES}, reverse=True)
_SUITE_B = {
    # RFC 6460 3.1; the longest name first, because OpenSSL looks only at how the string begins.
    "SUITEB128ONLY": ("ECDHE-ECDSA-AES128-GCM-SHA256",),
    "SUITEB128C2": ("ECDHE-ECDSA-AES256-GCM-SHA384",),
    "SUITEB128": ("ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384"),
    "SUITEB192": ("ECDHE-ECDSA-AES256-GCM-SHA384",),
}


@dataclass(slots=True)
class Selection:
    """What a string says. suites: code points in order, or None where the string is invalid and changes no list.

    level: the security level that it sets, valid or not, or None; suite_b: its word for Suite B, or "".
    """

    suites: tuple[int, ...] | None
    level: int | None = None
    suite_b: str = ""


class _List:
    """All suites in one row, as OpenSSL has them: those that are taken, and those that still can be, in between."""

    def __init__(self) -> None:
        self._row = list(catalogue.TLS12_SUITES)
        self._taken: set[int] = set()

    def taken(self) -> tuple[int, ...]:
        return tuple(suite.code for suite in self._row if suite.code in self._taken)

    def _move(self, limits: aliases.Limits, taken: bool) -> list[catalogue.CipherSuite]:
        """Take those of the row that match and are taken, or not, out of it."""
        moved = [suite for suite in self._row if (suite.code in self._taken) is taken and limits.match(suite)]
        codes = {suite.code for suite in moved}
        self._row = [suite for suite in self._row if suite.code not in codes]
        return moved

    def add(self, limits: aliases.Limits) -> None:
        """ "appended to the current preference list"; what is there already stays where it is."""
        added = self._move(limits, taken=False)
        self._row += added
        self._taken |= {suite.code for suite in added}

    def take_away(self, limits: aliases.Limits) -> None:
        """``-``: "some or all of the ciphers can be added again by later options", and then come first."""
        away = self._move(limits, taken=True)
        self._row = away + self._row
        self._taken -= {suite.code for suite in away}

    def put_last(self, limits: aliases.Limits) -> None:
        """``+``: "moved to the end of the list"."""
        moved = self._move(limits, taken=True)
        self._row += moved

    def ban(self, limits: aliases.Limits) -> None:
        """``!``: "permanently deleted"."""
        self._move(limits, taken=True)
        self._move(limits, taken=False)
        self._taken &= {suite.code for suite in self._row}

    def sort(self) -> None:
        """``@STRENGTH``: "in order of encryption algorithm key length"; OpenSSL puts each length at the end in turn."""
        for bits in _LENGTHS:
            of_length = [s for s in self._row if s.strength_bits == bits and s.code in self._taken]
            codes = {suite.code for suite in of_length}
            self._row = [suite for suite in self._row if suite.code not in codes] + of_length


class _Reader:
    """One string under way."""

    def __init__(self, row: _List) -> None:
        self.row = row
        self.level: int | None = None
        self.valid = True
        self._apply = {"!": row.ban, "-": row.take_away, "+": row.put_last, "": row.add}

    def read(self, text: str) -> None:
        """Carry out the commands of a string up to its end, or to a place where there is no name."""
        position = 0
        while position < len(text):
            mark = text[position]
            if mark in _SEPARATORS:
                position += 1
            elif mark == "@":
                position = self._special(text, position + 1)
            else:
                mark = mark if mark in "!-+" else ""
                position = self._command(text, position + len(mark), mark)

    def _command(self, text: str, position: int, mark: str) -> int:
        """Names joined by ``+``. Gives where to go on; the end of the string where a name is missing."""
        limits: aliases.Limits | None = aliases.Limits()
        while True:
            found = _NAME.match(text, position)
            name = found.group() if found is not None else ""
            if not name:
                self.valid = False
                return len(text)
            position += len(name)
            other = aliases.words().get(name)
            limits = limits.join(other) if limits is not None and other is not None else None
            if limits is None:
                return _next_separator(text, position)
            if text[position : position + 1] != "+":
                break
            position += 1
        self._apply[mark](limits)
        return position

    def _special(self, text: str, position: int) -> int:
        found = _NAME.match(text, position)
        name = found.group() if found is not None else ""
        if not name:
            self.valid = False
            return len(text)
        level = _LEVEL.fullmatch(name)
        if level is not None:
            self.level = int(level.group(1))
        elif name == "STRENGTH":
            self.row.sort()
        else:
            self.valid = False
        return _next_separator(text, position)


def _next_separator(text: str, position: int) -> int:
    while position < len(text) and text[position] not in _SEPARATORS:
        position += 1
    return position


@cache
def default_suites() -> tuple[int, ...]:
    """The suites of TLS 1.2 that a context has before anybody says otherwise: with forward secrecy, none with SHA-1.

    "only secure AES and ChaCha20 ciphers with forward secrecy" (ssl.SSLContext, since 3.10); a Python that was built
    with --with-ssl-default-suites=openssl has OpenSSL's DEFAULT instead.
    """
    return select("ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES:DHE+AES:!aNULL:!eNULL:!aDSS:!SHA1:!AESCCM").suites or ()


def select(text: str, suite_b: str = "") -> Selection:
    """What OpenSSL 3.6 makes of a cipher string. Never raises: Selection.suites may be empty or None.

    suite_b: the word for Suite B of an earlier string; it holds on, whatever a later string says.
    """
    word = next((word for word in _SUITE_B if text.startswith(word)), suite_b)
    if word:
        return Selection(tuple(catalogue.BY_NAME[name].code for name in _SUITE_B[word]), suite_b=word)
    reader = _Reader(_List())
    if text.startswith("DEFAULT"):
        reader.read("ALL:!COMPLEMENTOFDEFAULT:!eNULL")
        text = text[len("DEFAULT") :]
    reader.read(text)
    return Selection(reader.row.taken() if reader.valid else None, reader.level)
