"""The scenarios as they stand in the suite, without a run: ids and axes, requirements, since when they are there.

A profile is a part of them, which an implementation is held to.
"""
