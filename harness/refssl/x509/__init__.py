"""Certificates: parsing, path building and validation (RFC 5280), host names and the trust store.

Imports ``refssl.crypto`` for signatures and nothing else of refssl: no socket, no engine, no context. What a peer or a
file can put into a certificate raises ``MalformedCertificate`` or ``VerificationError``, never anything else.
"""
