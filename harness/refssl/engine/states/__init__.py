"""The state machines of the handshake, one module per role and version, and the table that joins them.

A state is a dataclass named after RFC 8446 Appendix A that holds what is known there; handlers are plain functions.
"""
