"""The project's fuzzer: refssl fed what no honest peer or file would hold, run with ``python -m fuzz``.

A target is a function of bytes that raises when something happens that must not; what the bytes mean is the target's
affair. Nothing here is imported by sslspec or refssl, and nothing here is part of the wheel.
"""
