"""What the tests of what a terminal shows share: two looks, a result that nobody expected, and a record."""

from sslspec.results.record import Header, Record, Result
from sslspec.style import Style
from sslspec.verdicts import Verdict

PLAIN = Style(color=False, unicode=True)


ASCII = Style(color=False, unicode=False)


def result(name="alpn/offer/no_overlap@client+tls13", verdict=Verdict.FAILED, implementation="mylib", **more):
    more.setdefault("unexpected", verdict is not Verdict.PASSED)
    return Result(name, implementation, more.pop("peer", "stdlib"), verdict, **more)


def record_of(*results, complete=True):
    return Record(Header("0.1.0", {}), list(results), complete)
