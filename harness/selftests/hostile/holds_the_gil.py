"""unwrap() waits for ever with the interpreter's lock in its hands: no Python code runs in this process any more."""

import ctypes
import ssl
from ssl import *  # noqa: F403


class SSLObject(ssl.SSLObject):
    def unwrap(self):
        library = ctypes.PyDLL(None)
        mutex = ctypes.create_string_buffer(128)
        while True:
            library.pthread_mutex_lock(mutex)


class SSLContext(ssl.SSLContext):
    sslobject_class = SSLObject
