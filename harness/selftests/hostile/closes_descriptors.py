"""unwrap() closes every descriptor that it finds."""

import os
import ssl
from ssl import *  # noqa: F403


class SSLObject(ssl.SSLObject):
    def unwrap(self):
        os.closerange(0, 256)
        return super().unwrap()


class SSLContext(ssl.SSLContext):
    sslobject_class = SSLObject
