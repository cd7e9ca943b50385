"""Cipher suites, groups and signature algorithms: choosing them, and seeing what was chosen."""
