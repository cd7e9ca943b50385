"""The cryptographic primitives, one small module each: the only place that knows the `cryptography` package.

Nothing here knows TLS messages or certificates. Submodules are imported where they are needed, never from here, so
that importing refssl does not load `cryptography`.
"""
