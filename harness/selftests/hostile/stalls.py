"""A pytest plugin, not an implementation: the controller stops at the first result, as if it were stuck for ever."""

import threading


def pytest_runtest_logreport(report):
    if not hasattr(report, "workerinput") and hasattr(report, "node"):
        threading.Event().wait()
