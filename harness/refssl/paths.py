"""Where the system keeps the certificates that it trusts.

OpenSSL has these places compiled in; refssl finds out which of them this system uses. Loading is trust.py's.
"""

from __future__ import annotations

import os
from collections import namedtuple
from functools import lru_cache

__all__ = ["DefaultVerifyPaths", "get_default_verify_paths"]

_CAFILE_ENV = "SSL_CERT_FILE"
_CAPATH_ENV = "SSL_CERT_DIR"

# OPENSSLDIR of Debian, Fedora, (Alpine, Arch, BSD, SUSE), OpenSSL's own default, and Homebrew's two.
_OPENSSL_DIRECTORIES = (
    "/usr/lib/ssl",
    "/etc/pki/tls",
    "/etc/ssl",
    "/usr/local/ssl",
    "/opt/homebrew/etc/openssl@3",
    "/usr/local/etc/openssl@3",
)


DefaultVerifyPaths = namedtuple(
    "DefaultVerifyPaths", "cafile capath openssl_cafile_env openssl_cafile openssl_capath_env openssl_capath"
)
DefaultVerifyPaths.__doc__ = "What get_default_verify_paths() gives (ssl.DefaultVerifyPaths)."
DefaultVerifyPaths.__module__ = "refssl"


@lru_cache(maxsize=1)
def _openssl_directory() -> str:
    for directory in _OPENSSL_DIRECTORIES:
        if os.path.isfile(f"{directory}/cert.pem") or os.path.isdir(f"{directory}/certs"):
            return directory
    return _OPENSSL_DIRECTORIES[3]


def get_default_verify_paths() -> DefaultVerifyPaths:
    """The default CA file and directory: from the environment, else the system's; None where they do not exist.

    Source: ssl.get_default_verify_paths.
    """
    directory = _openssl_directory()
    openssl_cafile = f"{directory}/cert.pem"
    openssl_capath = f"{directory}/certs"
    cafile = os.environ.get(_CAFILE_ENV, openssl_cafile)
    capath = os.environ.get(_CAPATH_ENV, openssl_capath)
    return DefaultVerifyPaths(
        cafile if os.path.isfile(cafile) else None,
        capath if os.path.isdir(capath) else None,
        _CAFILE_ENV,
        openssl_cafile,
        _CAPATH_ENV,
        openssl_capath,
    )
