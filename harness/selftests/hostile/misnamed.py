"""ssl with one name missing, one value and one signature changed, one call that ends the process and one that exits."""

import os
import ssl
import sys
from ssl import *  # noqa: F403

del RAND_add  # noqa: F821
HAS_SNI = "perhaps"


def cert_time_to_seconds(cert_time, zone="GMT"):
    sys.exit(1)


class MemoryBIO:
    eof = True
    pending = 0

    def read(self, size=-1, /):
        return b""

    def write(self, b, /):
        return len(b)

    def write_eof(self):
        os._exit(3)


class SSLContext(ssl.SSLContext):
    def set_alpn_protocols(self, alpn_protocols):
        pass
