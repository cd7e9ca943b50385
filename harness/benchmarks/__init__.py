"""What refssl and the suite cost, beside their peers: the project's own benchmark, run with ``python -m benchmarks``.

Everything is measured in memory, in interleaved rounds, and shown as ratios to the standard library's ssl, because
absolute figures say more about the machine than about the code. Nothing here is imported by sslspec or refssl, and
nothing here is part of the wheel.
"""
