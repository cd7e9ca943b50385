"""The names that `sslspec run` knows beyond modules: real libraries, and what other distributions register.

A library that has the names of ssl is its module; for any other there is an adapter in ``adapters``. Whoever else has
an implementation registers it as an entry point of the group ``sslspec.implementations``. Nothing here imports one.
"""

from __future__ import annotations

import importlib.metadata
from dataclasses import dataclass

GROUP = "sslspec.implementations"


class LibraryError(Exception):
    """A name stands for more than one implementation; the text says whose."""


@dataclass(frozen=True)
class Library:
    """A library known out of the box.

    target: what is loaded, as ``sslspec run`` takes it. distribution: what it comes with, which has a version.
    extra: sslspec's extra that installs it. profile: what of ssl it implements on purpose; "" for all of it.
    """

    target: str
    distribution: str
    extra: str
    profile: str = ""


LIBRARIES = {
    "eventlet": Library("eventlet.green.ssl", "eventlet", "eventlet"),
    "gevent": Library("gevent.ssl", "gevent", "gevent"),
    "rtls": Library("rtls", "rtls", "rtls", profile="client"),
    "truststore": Library("sslspec.adapters.truststore:make", "truststore", "truststore"),
    "urllib3.contrib.pyopenssl": Library(
        "sslspec.adapters.pyopenssl:make", "pyOpenSSL", "pyopenssl", profile="urllib3"
    ),
}


def target_of(name: str) -> str:
    """What is loaded for a name: of a library, of what is registered, else the name itself. Raises LibraryError."""
    if name in LIBRARIES:
        return LIBRARIES[name].target
    registered = sorted(importlib.metadata.entry_points(group=GROUP, name=name), key=lambda found: found.value)
    targets = list(dict.fromkeys(entry.value for entry in registered))
    if len(targets) > 1:
        raise LibraryError(f"{name} is registered more than once, as {' and '.join(targets)}: name one of these")
    return targets[0] if targets else name


def version_of(name: str) -> str:
    """The installed version of a library, or ""."""
    try:
        return importlib.metadata.version(LIBRARIES[name].distribution)
    except (KeyError, importlib.metadata.PackageNotFoundError):
        return ""


def how_to_get(name: str) -> str:
    """What to do where a name cannot be imported: the install command of a library, or the names that there are."""
    if name in LIBRARIES:
        return f"install it with pip install 'sslspec[{LIBRARIES[name].extra}]'"
    return f"it is none of the known libraries ({', '.join(LIBRARIES)}), nor registered, nor a module"
