"""unwrap() raises what ends programs."""

import ssl
from ssl import *  # noqa: F403


class SSLObject(ssl.SSLObject):
    def unwrap(self):
        raise KeyboardInterrupt


class SSLContext(ssl.SSLContext):
    sslobject_class = SSLObject
