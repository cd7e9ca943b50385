"""What other programs are told of a run: the exchange formats of CI systems, and GitHub Actions.

Everything here reads a record or its digest and writes what somebody else's format demands, whatever an implementation
has put into its messages. Nothing here runs or judges anything.
"""
