"""read() waits for ever, and swallows every Exception."""

import contextlib
import ssl
import time
from ssl import *  # noqa: F403


class SSLObject(ssl.SSLObject):
    def read(self, len=1024, buffer=None):  # noqa: A002
        while True:
            with contextlib.suppress(Exception):
                time.sleep(3600)


class SSLContext(ssl.SSLContext):
    sslobject_class = SSLObject
