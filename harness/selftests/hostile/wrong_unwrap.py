"""One wrong method: unwrap() gives bytes where None is due."""

import ssl
from ssl import *  # noqa: F403


class SSLObject(ssl.SSLObject):
    def unwrap(self):
        super().unwrap()
        return b""


class SSLContext(ssl.SSLContext):
    sslobject_class = SSLObject
