"""Makes refssl wrong in one place at a time, and asks whether the suite notices: the suite's own test.

A fault is either one of the surface (``faults``) or one of the source (``mutants``); ``campaign`` runs the scenarios
against each in a process of its own. Nothing here is part of what runs when an implementation is tested.
"""
