"""Where each page and file of a site is, and how one leads to another.

Names come from result files, so that any text may be one: `file_name` gives a name for it that no file system and no
browser reads otherwise, and two texts never the same one.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
import urllib.parse

HOME = "index.html"
COMPARE = "compare.html"
_LONGEST = 120
_DEEPEST = 6
_PLAIN = re.compile(r"[a-z0-9_][a-z0-9_.@+=-]*")
_NOT_PLAIN = re.compile(r"[^a-z0-9_.@+=-]+")
# Windows has devices by these names in each folder, whatever follows their dot.
_DEVICES = re.compile(r"(con|nul|aux|prn|clock\$|(com|lpt)[0-9])(\..*)?")


def file_name(text: str) -> str:
    """A name for a file: `text` itself where that is a plain one, else what of it is plain, ``~`` and a digest."""
    if _PLAIN.fullmatch(text) and len(text) <= _LONGEST and not _DEVICES.fullmatch(text):
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{_NOT_PLAIN.sub('-', text.lower()).strip('.-')[:40] or 'x'}~{digest}"


def scenario(scenario_id: str) -> str:
    """The page of a scenario, by its id without variant."""
    parts = scenario_id.split("/")
    named = [file_name(part) for part in parts]
    if named != parts or len(parts) > _DEEPEST:
        named = [file_name("/".join(parts))]
    return f"scenarios/{'/'.join(named)}.html"


def area(name: str) -> str:
    """The page of an area."""
    return f"areas/{file_name(name)}.html"


def data(name: str) -> str:
    """The script that holds an area's results for the site's own scripts."""
    return f"data/{file_name(name)}.js"


def column(name: str) -> str:
    """The page of a column."""
    return f"columns/{file_name(name)}.html"


def badge(name: str, kind: str) -> str:
    """A column's badge; `kind` is ``svg``, the picture, or ``json``, the data for a maker of badges."""
    return f"badges/{file_name(name)}.{kind}"


def record(name: str) -> str:
    """A column's results, as a result file of its own."""
    return f"api/v1/results/{file_name(name)}.jsonl"


def comparison(before: str, after: str) -> str:
    """The page that compares two columns."""
    return f"compare/{file_name(before)}...{file_name(after)}.html"


def fragment(text: str) -> str:
    """Any visible text as what follows the # of an address, so that scripts read it back."""
    return urllib.parse.quote(text, safe="=:")


def link(here: str, there: str) -> str:
    """The relative address of the page `there` on the page `here`."""
    return posixpath.relpath(there, posixpath.dirname(here) or ".")
