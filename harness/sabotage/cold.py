"""Makes this process forget what earlier executions have left behind: contexts that are shared, and refssl's caches.

An execution that is tried on a fault may be the first in its process. Who passes where must be found out likewise:
otherwise only who came first would be seen to load a certificate.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable

from sslspec.bench import module_peer, pair


def start() -> None:
    """Have the next execution start as the first of a process does."""
    module_peer.forget_contexts("refssl")
    pair.forget_contexts()
    for clear in _caches(len(sys.modules)):
        clear()


@functools.lru_cache(maxsize=1)
def _caches(_modules: int) -> list[Callable[[], None]]:
    modules = [module for name, module in sys.modules.items() if name.startswith("refssl")]
    found = [value for module in modules for value in vars(module).values() if hasattr(value, "cache_clear")]
    return [value.cache_clear for value in found]
