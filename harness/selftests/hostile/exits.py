"""unwrap() ends the process without a word."""

import os
import ssl
from ssl import *  # noqa: F403


class SSLObject(ssl.SSLObject):
    def unwrap(self):
        os._exit(3)


class SSLContext(ssl.SSLContext):
    sslobject_class = SSLObject
