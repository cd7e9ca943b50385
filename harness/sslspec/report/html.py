"""HTML made by plain functions: text is escaped wherever it stands, and only what this module has made is markup.

A template language would be one more dependency beside the module under test, and its escaping a setting; here an
element cannot be made otherwise. What an implementation under test has named or printed is hostile until proved
otherwise: no element takes an event handler, an inline style, or an address that is neither relative nor https.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import TypeAlias, Union

from sslspec.style import legible

Content: TypeAlias = Union[str, int, Iterable["Content"], None]  # noqa: UP007  # 3.10 has no | for a name in quotes

_VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "wbr"})
_ADDRESSES = frozenset({"href", "src"})
_ADDRESS = re.compile(r"https://[^\s]+|#[^\s]*|[A-Za-z0-9._~/-][A-Za-z0-9._~/@+=,!-]*(#[^\s]*)?")


class Markup(str):
    """Text that is HTML already. Only `el`, `join` and `escape` make it."""

    __slots__ = ()


EMPTY = Markup()


def escape(text: object) -> Markup:
    """`text` as HTML that shows it, in elements and in attributes; what cannot be seen shows as Python writes it."""
    if isinstance(text, Markup):
        return text
    return Markup(html.escape(legible(str(text))))


def join(parts: Iterable[Content], separator: Content = "") -> Markup:
    """The parts, escaped as needed, with a separator between them; those that are empty are left out."""
    rendered = [text for text in map(_render, parts) if text]
    return Markup(_render(separator).join(rendered))


def el(name: str, /, *content: Content, **attributes: str | int | bool | None) -> Markup:
    """An element. An attribute's name has - for _ (and loses one at its end): ``el("td", "4", class_="n")``.

    An attribute that is None or False is left out, one that is True has no value. Raises ValueError for what could run
    code, which is a fault in this package and not of what it shows.
    """
    opening = [f"<{name}"]
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        attribute = key.rstrip("_").replace("_", "-")
        _check(attribute, value)
        opening.append(f" {attribute}" if value is True else f' {attribute}="{escape(value)}"')
    opening.append(">")
    if name in _VOID:
        return Markup("".join(opening))
    return Markup(f"{''.join(opening)}{''.join(map(_render, content))}</{name}>")


def hidden(text: str) -> Markup:
    """Text for those who listen, where a glyph or a place says it to those who see."""
    return el("span", text, class_="vh")


def breakable(text: str) -> Markup:
    """An id that may go on in the next line behind a stroke or an underscore."""
    return join((escape(part) for part in re.split(r"(?<=[/_])", text)), el("wbr"))


def is_address(text: str) -> bool:
    """Whether a link may lead there: a relative one, or https."""
    return _ADDRESS.fullmatch(text) is not None


def _check(attribute: str, value: str | int | bool) -> None:
    if attribute.startswith("on") or attribute in ("style", "srcdoc"):
        raise ValueError(f"no element takes {attribute!r}")
    if attribute in _ADDRESSES and not is_address(str(value)):
        raise ValueError(f"{value!r} is no address that a page may lead to")


def _render(content: Content) -> str:
    if content is None:
        return ""
    if isinstance(content, (str, int)):
        return escape(content)
    return "".join(map(_render, content))
