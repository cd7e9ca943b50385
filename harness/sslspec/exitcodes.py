"""The exit codes of the command line, and nothing else: pytest's first six, then our own."""

import enum


class ExitCode(enum.IntEnum):
    """What a script may rely on.

    AS_EXPECTED    every result is as expected
    UNEXPECTED     unexpected results or stale baseline entries; a comparison found a regression
    INTERRUPTED    Ctrl-C
    INTERNAL       a fault of sslspec itself
    USAGE          the command line, a baseline or a result file cannot be used
    NOTHING        nothing was selected
    INCOMPLETE     the run did not come to its end
    NOT_LOADED     an implementation could not be loaded
    """

    AS_EXPECTED = 0
    UNEXPECTED = 1
    INTERRUPTED = 2
    INTERNAL = 3
    USAGE = 4
    NOTHING = 5
    INCOMPLETE = 10
    NOT_LOADED = 11
