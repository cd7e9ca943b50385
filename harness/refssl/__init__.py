"""refssl: the surface of Python's ssl module, with TLS and path validation in Python over `cryptography`'s primitives.

``import refssl as ssl``. This file only gathers names: each module's `__all__` says which of its names are public, and
the underscored ones below are those on which other libraries lean.
"""

# ruff: noqa: F401, F403

from socket import SO_TYPE, SOCK_STREAM, SOL_SOCKET, create_connection, socket

from refssl.bio import *
from refssl.constants import *
from refssl.constants import (
    _DEFAULT_CIPHERS,
    _OPENSSL_API_VERSION,
    _PROTOCOL_NAMES,
    _RESTRICTED_SERVER_CIPHERS,
    __ssl_version__,
    _SSLMethod,
    _TLSAlertType,
    _TLSContentType,
    _TLSMessageType,
)
from refssl.context import *
from refssl.defaults import *
from refssl.defaults import (
    _GLOBAL_DEFAULT_TIMEOUT,
    _create_default_https_context,
    _create_stdlib_context,
    _create_unverified_context,
)
from refssl.encoding import *
from refssl.errors import *
from refssl.injection import *
from refssl.paths import *
from refssl.purposes import *
from refssl.purposes import _ASN1Object
from refssl.randomness import *
from refssl.session import *
from refssl.settings import _SSLContext
from refssl.sslobject import *
from refssl.sslsocket import *

socket_error = OSError
