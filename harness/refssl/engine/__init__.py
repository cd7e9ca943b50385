"""The sans-IO TLS engine: bytes in, bytes out, and everything else through `config.Config`.

Nothing in this package knows a socket, a file or X.509; nothing in it may import ``refssl.x509`` or the surface.
"""
