"""Who is under test, by name: how a name becomes a module, which libraries are known, whether one can be tested here.

``loading`` and ``libraries`` are standard library only: agents and scripts of ``sslspec repro`` carry them.
"""
