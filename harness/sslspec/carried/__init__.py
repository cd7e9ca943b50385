"""What a script of ``sslspec repro`` and an agent carry besides the bench: a stand-in for pytest, and the stage.

Standard library only. These modules are never used inside sslspec itself.
"""
