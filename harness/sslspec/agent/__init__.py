"""Agents: processes of other interpreters that do what they are told over pipes, and the host's side of it.

``agent.py`` is the one file that runs in the other interpreter; everything else of this folder stays in ours. What an
agent plays or answers (``sslspec.carried``, ``sslspec.bench``) is sent to it as text.
"""
