"""SSL sockets that do not wait: SSLWantReadError and SSLWantWriteError, and how a call is repeated after them."""
