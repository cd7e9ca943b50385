"""Sub-interpreters: how one is asked for, and how a text is run in one. Each is isolated, with a GIL of its own.

``sub:3.14`` is one of Python 3.14. pytest and ``cryptography`` cannot be had there, so that it is always an agent.
"""

from __future__ import annotations

import importlib

OLDEST = (3, 13)  # 3.12 has them too, and dies (3.12.1) where one ends that has imported hashlib
SUFFIX = "-sub"  # behind the version of Python, in columns
_PREFIX = "sub:"

_IN_ONE = """\
try:
    from concurrent import interpreters
except ImportError:  # 3.13 has no public name for them
    import _interpreters
    _interpreters.exec(_interpreters.create(), {text!r})
else:
    interpreters.create().exec({text!r})
"""


def asked_for(said: str) -> tuple[bool, str]:
    """Whether a sub-interpreter is meant, and of which interpreter, as it was said."""
    return said.startswith(_PREFIX), said.removeprefix(_PREFIX)


def is_one() -> bool:
    """Whether this runs in a sub-interpreter."""
    try:
        interpreters = importlib.import_module("_interpreters")  # 3.13 has no public name for them
    except ImportError:
        return False
    return bool(interpreters.get_current() != interpreters.get_main())


def of(interpreter: str) -> str:
    """How one of this interpreter is asked for."""
    return _PREFIX + interpreter


def by_name(called: str) -> str:
    """How what is called ``3.14.8-sub`` is asked for, ``sub:3.14.8``; any other interpreter by its name."""
    inner = called.removesuffix(SUFFIX)
    return called if inner == called else of(inner)


def running(text: str) -> str:
    """What an interpreter must run so that a sub-interpreter of it runs this text, as its ``__main__``."""
    return _IN_ONE.format(text=text)
