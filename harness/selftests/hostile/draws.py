"""Says what terminals obey, where it may say anything: in its versions, a class's name, messages and values."""

import ssl
from ssl import *  # noqa: F403

DRAWS = "\x1b[2J\x1b]0;owned\x07\x1b[32m\x9b2K\b\r\u202e\u2066\u200b\n✓ everything as expected"
OPENSSL_VERSION = f"OpenSSL 3.0.19{DRAWS}"
__version__ = f"1.0{DRAWS}"

Drawn = type(f"Drawn{DRAWS}", (NotImplementedError,), {})


class SSLObject(ssl.SSLObject):
    def unwrap(self):
        raise Drawn(f"unwrap{DRAWS}")

    def selected_alpn_protocol(self):
        return f"h2{DRAWS}"


class SSLContext(ssl.SSLContext):
    sslobject_class = SSLObject
