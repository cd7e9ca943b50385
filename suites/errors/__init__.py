"""Exceptions as such: the classes, what they carry, and how alerts of the peer become exceptions.

Which failure raises which exception is said where the failure belongs.
"""
