"""The frame of every page: head with its policy, header, breadcrumbs and footer, the same for people and for scripts.

What a page says is made by the module of that page; nothing here knows results.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sslspec import __version__
from sslspec.report import places
from sslspec.report.html import EMPTY, Content, Markup, el, join

# Nothing runs or loads but the site's own files. From a file "self" is nobody in some browsers, hence the scheme.
POLICY = (
    "default-src 'none'; script-src 'self' file:; style-src 'self' file:; img-src 'self' file: data:; "
    "base-uri 'none'; form-action 'none'"
)
STYLE = "static/site.css"
MAIN = "main"


@dataclass(frozen=True, slots=True)
class Frame:
    """One page: where it is, its title, the way to it as (text, place) pairs, and the scripts it needs.

    `wide` pages hold a matrix and take the whole width.
    """

    place: str
    title: str
    trail: Sequence[tuple[str, str]] = ()
    scripts: Sequence[str] = ()
    wide: bool = False

    def link(self, there: str, *text: Content, anchor: str = "", **attributes: str | int | bool | None) -> Markup:
        """A link from this page to a place on the site."""
        return el("a", *text, href=places.link(self.place, there) + (f"#{anchor}" if anchor else ""), **attributes)


def render(frame: Frame, *content: Content) -> str:
    """The text of a whole page."""
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", http_equiv="Content-Security-Policy", content=POLICY),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="color-scheme", content="light dark"),
        el("meta", name="referrer", content="no-referrer"),
        el("title", frame.title if frame.place == places.HOME else f"{frame.title} · sslspec"),
        el("link", rel="stylesheet", href=places.link(frame.place, STYLE)),
        [el("script", src=places.link(frame.place, script), defer=True) for script in frame.scripts],
    )
    body = el(
        "body",
        el("a", "Skip to the content", class_="skip", href=f"#{MAIN}"),
        _header(frame),
        el("main", _trail(frame), *content, id=MAIN, tabindex=-1),
        _footer(frame),
        class_="wide" if frame.wide else None,
    )
    return f"<!doctype html>\n{el('html', head, body, lang='en')}\n"


def _header(frame: Frame) -> Markup:
    links = [
        frame.link(there, text, aria_current="page" if there == frame.place else None)
        for there, text in ((places.HOME, "Matrix"), (places.COMPARE, "Compare"))
    ]
    brand = frame.link(places.HOME, "ssl", el("b", "spec"), class_="brand", aria_label="sslspec, the matrix")
    return el("header", brand, el("nav", *links, aria_label="Site"), class_="site")


def _trail(frame: Frame) -> Markup:
    if not frame.trail:
        return EMPTY
    steps = [el("li", frame.link(there, text) if there else text) for text, there in frame.trail if text]
    return el("nav", el("ol", *steps), class_="trail", aria_label="Where this page is")


def _footer(frame: Frame) -> Markup:
    files = [
        frame.link("api/v1/columns.json", "columns.json"),
        frame.link("api/v1/manifest.json", "manifest.json"),
    ]
    made = f"Made by sslspec {__version__}. For programs: "
    return el("footer", el("p", made, join(files, ", "), "."), class_="site")


def facts(rows: Iterable[tuple[str, Content]]) -> Markup:
    """A list of what is so: names and values; those without value are left out."""
    pairs = [[el("dt", name), el("dd", value)] for name, value in rows if value]
    return el("dl", *pairs, class_="facts")
