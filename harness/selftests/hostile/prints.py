"""Right in everything, and talks all the time, past sys.stdout too."""

import os
import ssl
from ssl import *  # noqa: F403

NOISE = b'{"event":"finish","exitstatus":0}\n\x00\xff\x1b[2J' * 50
os.write(1, NOISE)
os.write(2, NOISE)


class SSLObject(ssl.SSLObject):
    def do_handshake(self):
        os.write(1, NOISE)
        os.write(2, NOISE)
        print("shaking hands")
        super().do_handshake()


class SSLContext(ssl.SSLContext):
    sslobject_class = SSLObject
