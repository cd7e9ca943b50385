"""cert_time_to_seconds(): the time of a certificate as seconds since the epoch, in UTC whatever the local zone."""

import os
import time

import pytest


@pytest.mark.clause("ssl.cert_time_to_seconds:epoch-seconds", "ssl.cert_time_to_seconds:integer", "What's New 3.5:utc")
@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Jan  5 09:34:43 2018 GMT", 1515144883),
        ("Jan  1 00:00:00 1970 GMT", 0),
        ("Feb 29 12:00:00 2024 GMT", 1709208000),
        ("Dec 31 23:59:59 1969 GMT", -1),
        ("Jan  1 00:00:00 2050 GMT", 2524608000),
        ("Dec 31 23:59:59 9999 GMT", 253402300799),
        ("Jan 05 09:34:43 2018 GMT", 1515144883),
    ],
    ids=["documented", "epoch", "leap_day", "before_the_epoch", "after_2049", "no_end", "zero_for_space"],
)
def test_a_time_becomes_seconds(impl, text, seconds):
    """A time as getpeercert() gives it becomes an int."""
    found = impl.cert_time_to_seconds(text)
    assert found == seconds
    assert type(found) is int


@pytest.mark.clause("ssl.cert_time_to_seconds:other-forms")
@pytest.mark.parametrize(
    "text",
    [
        "",
        "Jan  5 09:34:43 2018",
        "Jan  5 09:34:43 2018 CET",
        "Jan 32 09:34:43 2018 GMT",
        "Jan  5 24:00:00 2018 GMT",
        "Jan  5 09:60:43 2018 GMT",
        "Jam  5 09:34:43 2018 GMT",
        "Jan 5 2018 09:34:43 GMT",
        "2018-01-05 09:34:43",
        "Feb 29 12:00:00 2023 GMT x",
    ],
    ids=["empty", "no_zone", "other_zone", "day_32", "hour_24", "minute_60", "month", "order", "iso", "trailing"],
)
def test_what_is_no_time_is_refused(impl, text):
    """Text in another form raises ValueError."""
    with pytest.raises(ValueError):
        impl.cert_time_to_seconds(text)


@pytest.mark.clause("ssl.cert_time_to_seconds:leap-second")
@pytest.mark.parametrize("second", [59, 60], ids=["fifty_nine", "leap_second"])
def test_a_leap_second_is_a_second(impl, second):
    """The second 60 is accepted."""
    base = impl.cert_time_to_seconds("Dec 31 23:59:00 2016 GMT")
    assert impl.cert_time_to_seconds(f"Dec 31 23:59:{second} 2016 GMT") == base + second


@pytest.mark.clause("ssl.cert_time_to_seconds:utc", "What's New 3.5:utc")
@pytest.mark.known("bpo-19940")
def test_the_local_zone_does_not_matter(impl):
    """The result is the same in every time zone."""
    if not hasattr(time, "tzset"):
        pytest.skip("the zone of a running process cannot be changed here")
    before = os.environ.get("TZ")
    try:
        found = set()
        for zone in ("UTC", "Asia/Tokyo", "America/New_York", "XYZ-5:45"):
            os.environ["TZ"] = zone
            time.tzset()
            found.add(impl.cert_time_to_seconds("Jul  5 09:34:43 2018 GMT"))
    finally:
        os.environ.pop("TZ")
        if before is not None:
            os.environ["TZ"] = before
        time.tzset()
    assert found == {1530783283}
