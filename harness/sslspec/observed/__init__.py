"""Recorded observations, reports/observed: what ssl did on each Python and OpenSSL, and what refssl did.

``store`` keeps them small and loses nothing that is compared; ``checking`` holds a run against them; ``changes`` tells
two of them apart, ``reasons`` has why, written by hand, and ``pages`` makes docs/behaviour-changes.md of both.
``python -m sslspec.observed`` is for whoever maintains them.
"""
