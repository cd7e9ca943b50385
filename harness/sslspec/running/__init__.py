"""One run, as its parent sees it: what was asked for, who executes it, what is known meanwhile, and what came of it.

``run`` goes from options to an outcome: it starts pytest in a child for each interpreter (``executors``, ``group``),
reads the events that each child appends to a file (``events``, ``state``), and makes one record of them (``outcome``).
What happens inside a child is ``sslspec.plugin``'s; what a user sees of it is ``sslspec.console``'s.
"""
