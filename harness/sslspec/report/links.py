"""Where a clause, and an issue that explains a difference, can be read: the one place that knows addresses on the web.

Only what has the form of a reference gets an address, put together here; nothing that a result file says is one.
"""

from __future__ import annotations

import re

_DOCS = "https://docs.python.org/3"
_RFC = re.compile(r"RFC (\d{3,5}) (?:Appendix )?(([A-Z])?[A-Z0-9.]*)")
_CHAPTER = re.compile(r"ssl-[a-z0-9_]+")
_NAME = re.compile(r"ssl((?:\.[A-Za-z]\w*)+)")
_NEWS = re.compile(r"What's New (3\.\d+)")
_ASYNCIO = re.compile(r"asyncio(?:\.[A-Za-z]\w*)+")
_ASYNCIO_PAGES = (
    (re.compile(r"asyncio\.(open_connection|start_server|Stream(Reader|Writer)[.\w]*)"), "asyncio-stream"),
    (re.compile(r"asyncio\.loop\.\w+"), "asyncio-eventloop"),
    (re.compile(r"asyncio\.(BufferedProtocol|WriteTransport)[.\w]*"), "asyncio-protocol"),
)
_ISSUES = {
    "RustPython": "RustPython/RustPython",
    "aiohttp": "aio-libs/aiohttp",
    "badssl.com": "chromium/badssl.com",
    "conscrypt": "google/conscrypt",
    "eventlet": "eventlet/eventlet",
    "gevent": "gevent/gevent",
    "graalpython": "oracle/graalpython",
    "micropython": "micropython/micropython",
    "pyOpenSSL": "pyca/pyopenssl",
    "pyodide": "pyodide/pyodide",
    "pypy": "pypy/pypy",
    "truststore": "sethmlarson/truststore",
    "urllib3": "urllib3/urllib3",
    "wolfssl-py": "wolfSSL/wolfssl-py",
}


def of_clause(clause: str) -> str | None:
    """Where the source of a clause (or of a group of clauses) can be read; None where it is nowhere documented."""
    group = clause.partition(":")[0]
    if found := _RFC.fullmatch(group):
        part = "appendix" if found[3] else "section"
        return f"https://www.rfc-editor.org/rfc/rfc{found[1]}.html#{part}-{found[2]}"
    if group == "ssl":
        return f"{_DOCS}/library/ssl.html"
    if _CHAPTER.fullmatch(group):
        return f"{_DOCS}/library/ssl.html#{group.replace('_', '-')}"
    if _NAME.fullmatch(group):
        return f"{_DOCS}/library/ssl.html#{group}"
    if found := _NEWS.fullmatch(group):
        return f"{_DOCS}/whatsnew/{found[1]}.html"
    if _ASYNCIO.fullmatch(group):
        return _of_asyncio(group)
    return None


def of_issue(reference: str) -> str | None:
    """Where an upstream issue can be read, as ``known(...)`` names it; None where it has no address of its own."""
    kind, separator, number = reference.rpartition("#" if "#" in reference else "-")
    if reference.startswith("CVE-") and re.fullmatch(r"CVE-\d{4}-\d{4,7}", reference):
        return f"https://www.cve.org/CVERecord?id={reference}"
    if found := re.fullmatch(r"PEP (\d{1,4})", reference):
        return f"https://peps.python.org/pep-{int(found[1]):04}/"
    if not re.fullmatch(r"\d{1,7}", number):
        return None
    if (kind, separator) == ("gh", "-"):
        return f"https://github.com/python/cpython/issues/{number}"
    if (kind, separator) == ("bpo", "-"):
        return f"https://bugs.python.org/issue{number}"
    if separator == "#" and kind in _ISSUES:
        return f"https://github.com/{_ISSUES[kind]}/issues/{number}"
    return None


def _of_asyncio(group: str) -> str:
    for names, page in _ASYNCIO_PAGES:
        if names.fullmatch(group):
            return f"{_DOCS}/library/{page}.html#{group}"
    return f"{_DOCS}/library/asyncio-protocol.html"
