"""Contexts under asyncio: its connections and servers, upgrades to TLS, what it tells of one, and how one ends.

What a connection is, whoever drives it, belongs to the other areas: their scenarios take the transport ``asyncio``.
"""
