"""What a header says of a column, read with care: a header may come from anywhere."""

import pytest

from sslspec.results.software import Software, numbers

CPYTHON = {"name": "ssl", "python": {"implementation": "cpython", "version": "3.13.0"}}


@pytest.mark.parametrize(
    ("facts", "python", "library", "short"),
    [
        (CPYTHON | {"openssl": "OpenSSL 3.0.19 27 Jan 2026"}, "CPython 3.13.0", "OpenSSL 3.0.19", "3.13.0"),
        (CPYTHON | {"openssl": "OpenSSL 3.6.5 refssl 0.1"}, "CPython 3.13.0", "as OpenSSL 3.6.5", "3.13.0"),
        (CPYTHON | {"openssl": "OpenSSL 3.0.19"}, "CPython 3.13.0", "OpenSSL 3.0.19", "3.13.0"),
        (CPYTHON | {"openssl": "Rustls 0.23.45 — aws-lc-rs 1.18.1"}, "CPython 3.13.0", "Rustls 0.23.45", "3.13.0"),
        (CPYTHON | {"openssl": "LibreSSL 4.2.1"}, "CPython 3.13.0", "LibreSSL 4.2.1", "3.13.0"),
        ({"python": {"implementation": "pypy", "version": "3.11.15"}}, "PyPy 3.11.15", "", "pypy3.11.15"),
        ({"python": {"implementation": "newpy", "version": "3.14"}}, "newpy 3.14", "", "newpy3.14"),
        ({"python": {"version": "3.14.1"}}, "Python 3.14.1", "", "3.14.1"),
    ],
)
def test_who_it_is_as_people_say_it(facts, python, library, short):
    on = Software.of(facts)
    assert (on.python_title, on.library_title, on.python_name) == (python, library, short)


@pytest.mark.parametrize("facts", [{}, {"python": "3.13", "openssl": 7}, {"python": {"version": 3}, "name": ["ssl"]}])
def test_what_has_not_the_form_of_a_fact_is_unknown(facts):
    on = Software.of(facts)
    assert on == Software("", "", "", "", "", posing=False)
    assert (on.python_title, on.library_title, on.python_name) == ("", "", "")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("3.0.19", (3, 0, 19)),
        ("3.13.15t", (3, 13, 15)),
        ("1.1.1w", (1, 1, 1)),
        ("x3", ()),
        ("", ()),
        ("9" * 99, (999999999,)),
    ],
)
def test_numbers_for_comparing(text, wanted):
    assert numbers(text) == wanted
