"""Pythons: finding interpreters, giving them what the suite needs, and starting them where little else counts.

Nothing here knows what they are started for.
"""
