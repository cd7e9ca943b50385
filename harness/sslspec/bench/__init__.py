"""The bench on which an implementation is tried: two ends, the line between them, and a journal of what happened.

Standard library only, and nothing of pytest: a script printed by ``sslspec repro`` carries these modules with it.
"""
