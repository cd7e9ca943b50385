"""Peers that break the rules of TLS, and what is made of it: which alert, which error, and nothing hangs.

The peer ``scripted`` does it, one fault at a time: each fault is written once, and the harness crosses it with every
message that it can befall. Faults of certificates belong to ``certificates``.
"""
