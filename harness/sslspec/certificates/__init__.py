"""The certificates, keys and lists of a run: their catalogue, and who makes them, fresh for each run.

trustme makes what is right, the ``forge`` what trustme refuses to make. None of it is for use outside a test.
"""
