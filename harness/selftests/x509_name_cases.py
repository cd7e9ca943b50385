"""Cases of ``x509_cases`` that are about names: name constraints, and host names and addresses."""

from __future__ import annotations

from typing import Any

from selftests import x509_forge as forge
from selftests.x509_chains import CA, INTER, LEAF_NAME, ROOT, Case, aki, inter, leaf, san, ski, under_inter
from selftests.x509_forge import directory, dns, mail, name_constraints, uri


def constrained(
    label: str,
    code: int,
    names: tuple[bytes, ...],
    permitted: tuple[bytes, ...] = (),
    excluded: tuple[bytes, ...] = (),
    subject: bytes = LEAF_NAME,
    **options: Any,
) -> Case:
    """A case with a name constraint in the intermediate."""
    issuer = inter(*CA, name_constraints(permitted, excluded), ski(INTER), aki(ROOT))
    extensions = (san(*names), aki(INTER)) if names else (aki(INTER),)
    return Case(f"name constraints: {label}", code, (under_inter(*extensions, subject=subject), issuer), **options)


def named(code: int, hostname: str, *names: str | bytes, common_name: str | None = None, **options: Any) -> Case:
    """A case about a host name; names are dNSNames, or general names as octets."""
    encoded = [item if isinstance(item, bytes) else dns(item) for item in names]
    extensions = (san(*encoded), aki(ROOT)) if names else (aki(ROOT),)
    subject = LEAF_NAME if common_name is None else forge.name(common_name)
    label = f"host {hostname} for {names} and {common_name} {options or ''}"
    return Case(label, code, (leaf(*extensions, subject=subject),), hostname=hostname, **options)


CONSTRAINTS = [
    constrained("DNS within", 0, (dns("a.example.com"),), (dns("example.com"),)),
    constrained("DNS without", 47, (dns("xexample.com"),), (dns("example.com"),)),
    constrained("DNS wildcard within", 0, (dns("*.example.com"),), (dns("example.com"),)),
    constrained("DNS excluded", 48, (dns("ok.org"), dns("a.example.com")), (), (dns("example.com"),)),
    constrained("DNS excluded but for a final period", 48, (dns("a.b.com."),), (), (dns("b.com"),), stricter=True),
    constrained("DNS excluded under a wildcard", 48, (dns("*.b.com"),), (), (dns("x.B.com"),), stricter=True),
    constrained("DNS excluded beside a wildcard", 0, (dns("*.b.com"),), (), (dns("x.y.b.com"), dns(".x.b.com"))),
    constrained("DNS in the common name", 47, (), (dns("a.com"),), subject=forge.name("b.com")),
    constrained("a common name that is no host", 0, (), (dns("a.com"),), subject=forge.name("foo bar")),
    constrained("mailbox", 0, (mail("a@EXAMPLE.com"),), (mail("a@example.com"),)),
    constrained("mailbox of another", 47, (mail("b@example.com"),), (mail("a@example.com"),)),
    constrained("mail in a domain", 0, (mail("a@x.example.com"),), (mail(".example.com"),)),
    constrained("URI within", 0, (uri("http://a.example.com:8/x"),), (uri(".example.com"),)),
    constrained("URI without", 47, (uri("http://xexample.com/"),), (uri("example.com"),)),
    constrained("URI without authority", 53, (uri("urn:x"),), (uri("example.com"),)),
    constrained("address within", 0, (forge.address(10, 1, 2, 3),), (forge.address(10, 0, 0, 0, 255, 0, 0, 0),)),
    constrained("address without", 47, (forge.address(11, 1, 2, 3),), (forge.address(10, 0, 0, 0, 255, 0, 0, 0),)),
    constrained("address excluded", 48, (forge.address(10, 1, 2, 3),), (), (forge.address(10, 0, 0, 0, 255, 0, 0, 0),)),
    constrained("directory within", 0, (dns("x"),), (directory(forge.name("LEAF")),)),
    constrained("directory without", 47, (dns("x"),), (directory(forge.name("other")),)),
    constrained("registered identifier", 51, (forge.tlv(0x88, b"\x2a\x03"),), (forge.tlv(0x88, b"\x2a\x03"),)),
    constrained("a kind that no name has", 0, (dns("x"),), (mail("a@b.c"),)),
    constrained("wrong name of host, too", 62, (dns("b"),), (dns("a"),), hostname="other.example"),
]

HOSTS = [
    named(0, "localhost", "localhost"),
    named(0, "LOCALHOST", "localhost"),
    named(62, "localhost.", "localhost"),
    named(0, "a.example.com", "*.example.com"),
    named(62, "example.com", "*.example.com"),
    named(62, "a.b.example.com", "*.example.com"),
    named(62, "a_b.example.com", "*.example.com"),
    named(0, "xn--abc.example.com", "*.example.com"),
    named(62, "a.com", "*.com"),
    named(62, "foo.example.com", "f*.example.com"),
    named(62, "a.b.example.com", "a.*.example.com"),
    named(62, "a.b.example.com", "*.*.example.com"),
    named(62, "localhost", "*"),
    named(62, "example.com", "example.com\0.evil.org"),
    named(62, "a.example.com", ".example.com"),
    named(0, "b", "a", "b"),
    named(0, "localhost", common_name="localhost"),
    named(62, "localhost", common_name="localhost", check_common_name=False),
    named(62, "localhost", "other", common_name="localhost"),
    named(62, "localhost", mail("a@b.c"), common_name="localhost", stricter=True),
    named(62, "localhost", forge.address(127, 0, 0, 1), common_name="localhost", stricter=True),
    named(0, "127.0.0.1", forge.address(127, 0, 0, 1)),
    named(0, "::1", forge.address(*[0] * 15, 1)),
    named(64, "127.0.0.2", forge.address(127, 0, 0, 1)),
    named(64, "127.0.0.1", "127.0.0.1"),
    named(64, "127.0.0.1", common_name="127.0.0.1"),
]
