"""PEM (RFC 7468): the labelled blocks of a text, and the octets in them.

Only the armour lives here. A malformed block is reported as such and the search goes on behind it, because one bad
certificate must not cost a bundle the others.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator

PLAIN_LABELS = frozenset((b"CERTIFICATE", b"X509 CERTIFICATE"))
"""A certificate and nothing else; what stands behind it in the block is passed over."""
TRUSTED_LABEL = b"TRUSTED CERTIFICATE"
"""A certificate with settings of OpenSSL's behind it."""
CERTIFICATE_LABELS = PLAIN_LABELS | {TRUSTED_LABEL}
CRL_LABEL = b"X509 CRL"

_MARK = re.compile(rb"^-----(BEGIN|END) ([A-Z0-9 ]{1,64})-----[ \t]*\r?$", re.MULTILINE)
_HYPHENS = b"-----"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_WHITE = b" \t\r\n\v\f"
# No line is empty, which would end the headers that a certificate does not have.
_LINES = re.compile(rb"[ \t\r]*\n(?:[ \t]*[^\s:][^\n:]*\n)+")
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_PADDINGS = (b"", b"=", b"==")
_USUAL = _BASE64 + b"=\n"


class Block:
    """One block. label: ``CERTIFICATE`` and the like; data: its octets, or None where the armour is broken.

    problem: what is wrong with the armour, in OpenSSL's words; NO_START_LINE where there is no base64 in it at all,
    but headers.
    """

    __slots__ = ("data", "label", "problem")

    def __init__(self, label: bytes, body: bytes | None) -> None:
        """body: what stands between the lines of hyphens, None without an END line."""
        self.label = label
        self.data: bytes | None = None
        self.problem = ""
        if body is None:
            self.problem = "BAD_END_LINE"
        elif not _has_lines(body):
            self.problem = "NO_START_LINE"
        else:
            packed = body.translate(None, _WHITE)
            # a2b_base64 has no strict_mode before Python 3.11 and skips what is not of its alphabet.
            padding = packed.translate(None, _BASE64)
            if len(packed) % 4 or padding not in _PADDINGS or not packed.endswith(padding):
                self.problem = "BAD_BASE64_DECODE"
            else:
                self.data = binascii.a2b_base64(packed)


def _has_lines(body: bytes) -> bool:
    """Whether a body is lines of something that need not be base64. Nearly every one is of the usual characters and
    nothing else, which can be told without an expression."""
    if not body.translate(None, _USUAL):
        return len(body) > 2 and body[0] == body[-1] == 0x0A and b"\n\n" not in body
    return _LINES.fullmatch(body) is not None


def _marks(text: bytes) -> Iterator[re.Match[bytes]]:
    """The lines that begin and end blocks. Only what follows five hyphens is looked at: there is much else."""
    at = text.find(_HYPHENS)
    while at >= 0:
        mark = _MARK.match(text, at)
        if mark is not None:
            yield mark
        at = text.find(_HYPHENS, mark.end() if mark is not None else at + len(_HYPHENS))


def blocks(text: bytes) -> Iterator[Block]:
    """Every block that begins in ``text``, in order; what stands between blocks is ignored (RFC 7468 5.2)."""
    text = text.removeprefix(_BYTE_ORDER_MARK)
    label = None
    start = 0
    for mark in _marks(text):
        kind, name = mark.groups()
        if kind == b"BEGIN":
            if label is not None:
                yield Block(label, None)
            label, start = name, mark.end()
        elif label is not None:
            yield Block(label, text[start : mark.start()] if name == label else None)
            label = None
    if label is not None:
        yield Block(label, None)
