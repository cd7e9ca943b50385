"""The scenarios as they stand in the suite's files, without a run: ids and axes, and what they answer for.

That is: clauses of documentation and RFCs, and what went wrong before. Profiles are parts of the suite, releases its
states; ``python -m sslspec.scenarios.coverage`` writes docs/coverage.
"""
