"""External pre-shared keys (RFC 8446 4.2.11): the callbacks, and connections without certificates."""
