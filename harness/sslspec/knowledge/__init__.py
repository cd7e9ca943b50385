"""What the suite answers for: clauses of documentation and RFCs, what went wrong before, and which scenario tests it.

Read from files of the suite, and never from a run. ``python -m sslspec.knowledge.coverage`` writes docs/coverage.
"""
