"""The third handshake of a process is a segmentation fault."""

import ctypes
import itertools
import ssl
from ssl import *  # noqa: F403

_handshakes = itertools.count(1)


class SSLObject(ssl.SSLObject):
    _counted = False

    def do_handshake(self):
        if not self._counted:
            self._counted = True
            if next(_handshakes) % 3 == 0:
                ctypes.string_at(0)
        super().do_handshake()


class SSLContext(ssl.SSLContext):
    sslobject_class = SSLObject
