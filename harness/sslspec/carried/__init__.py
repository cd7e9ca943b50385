"""What a script of ``sslspec repro`` carries besides the bench: a stand-in for pytest, and the stage it plays on.

Standard library only. These modules are never used inside sslspec itself.
"""
