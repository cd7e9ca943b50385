"""Whether a socket that is about to be wrapped has a peer, and what a peer that has gone may have left in it.

Nothing of TLS is here; it is the moment before.
"""

from __future__ import annotations

import errno
import socket

from refssl.errors import SSLError

_REASON = "Closed before TLS handshake with data in recv buffer."
_NOT_CONNECTED = (errno.ENOTCONN, errno.EINVAL)  # EINVAL: macOS, after a reset


def has_peer(sock: socket.socket) -> bool:
    """Whether `sock` is connected.

    Bytes that a vanished peer left were never protected, and a program that reads on would take them for decrypted
    ones, so they are an SSLError (gh-108310). Raises OSError for any other trouble.
    """
    try:
        sock.getpeername()
        return True
    except OSError as error:
        if error.errno not in _NOT_CONNECTED:
            raise
    timeout = sock.gettimeout()
    sock.setblocking(False)
    try:
        left = socket.socket.recv(sock, 1)
    except OSError as error:
        if error.errno not in (*_NOT_CONNECTED, errno.EAGAIN):
            raise
        return False
    finally:
        sock.settimeout(timeout)
    if left:
        closed = SSLError(errno.ENOTCONN, _REASON)
        closed.library = None
        closed.reason = _REASON
        raise closed
    return False
