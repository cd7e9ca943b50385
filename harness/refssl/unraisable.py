"""What is done with an exception of a program's callback that nobody can be told of: sys.unraisablehook is.

Which exceptions these are, and what happens then on the connection, is decided where the callback is called.
"""

from __future__ import annotations

import sys


class Unraisable:
    """What sys.unraisablehook is given, as documented there."""

    def __init__(self, error: BaseException, message: str) -> None:
        self.exc_type = type(error)
        self.exc_value = error
        self.exc_traceback = error.__traceback__
        self.err_msg = message
        self.object = None


def tell(error: BaseException, message: str) -> None:
    """Hand `error` to sys.unraisablehook with `message`. Never raises."""
    hook = sys.unraisablehook
    if hook is not sys.__unraisablehook__:
        try:
            hook(Unraisable(error, message))  # type: ignore[arg-type]
            return
        except Exception as failure:
            error, message = failure, "Exception ignored in sys.unraisablehook"
    # The interpreter's own hook takes only what the interpreter itself has made.
    if sys.stderr is not None:
        import traceback

        lines = traceback.format_exception(type(error), error, error.__traceback__)
        sys.stderr.write(f"{message}:\n{''.join(lines)}")
