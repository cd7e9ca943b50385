"""A pytest plugin, not an implementation: the first scenario names no clause, as if somebody had forgotten it."""

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    items[0].iter_markers = lambda *_: iter(())
