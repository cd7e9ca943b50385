"""Cipher suites: what they are made of and how OpenSSL names them.

The catalogue lives in `catalogue`; nothing here encrypts anything.
"""
