"""Recorded observations, reports/observed: what ssl did on each Python and OpenSSL, and what refssl did.

``store`` keeps them small and loses nothing that is compared; ``checking`` holds a run against them; ``changes`` tells
two of them apart with the reason, ``pages`` writes docs/behaviour-changes.md. ``python -m sslspec.observed`` is for
whoever maintains them.
"""
