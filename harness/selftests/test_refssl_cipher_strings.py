"""Cipher strings: what refssl selects beside the running standard library, and what OpenSSL 3.6 was seen to select."""

from __future__ import annotations

import hashlib
import json
import random
import ssl
from pathlib import Path

import pytest

import refssl
from refssl.ciphers import aliases, catalogue, strings

RECORDED = json.loads((Path(__file__).parent / "data" / "cipher-strings-openssl-3.6.json").read_text())
WORDS = sorted(word for word in aliases.words() if word not in catalogue.BY_STANDARD_NAME)
# The strength of a suite with a short tag, and names of the registry in strings, are newer than some stdlib under test.
ALIKE = "!AESCCM8:"


def a_string(generator: random.Random) -> str:
    """A string of the grammar of openssl-ciphers(1)."""
    commands = []
    for _ in range(generator.randrange(1, 9)):
        names = "+".join(generator.choice(WORDS) for _ in range(generator.choice((1, 1, 1, 2, 3))))
        commands.append(generator.choice(("", "", "", "!", "-", "+")) + names)
        if generator.random() < 0.1:
            commands.append("@STRENGTH")
    return generator.choice((":", ":", ",", " ", ";")).join(commands)


def names_of(context: refssl.SSLContext | ssl.SSLContext) -> list[str]:
    return [suite["name"] for suite in context.get_ciphers() if suite["protocol"] != "TLSv1.3"]


@pytest.mark.parametrize("seed", range(20))
def test_random_strings_select_what_they_select_in_the_stdlib(seed: int) -> None:
    generator = random.Random(seed)
    for _ in range(10):
        text = ALIKE + generator.choice(("", "ALL:COMPLEMENTOFALL:")) + a_string(generator)
        found: list[tuple[bool, list[str]]] = []
        for module in (ssl, refssl):
            context = module.SSLContext(module.PROTOCOL_TLS_CLIENT)
            try:
                context.set_ciphers(text)
                selected = True
            except module.SSLError:
                selected = False
            found.append((selected, names_of(context)))
        assert found[0] == found[1], text


@pytest.mark.parametrize("case", RECORDED, ids=lambda case: case["text"][:40])
def test_recorded_strings_select_what_openssl_3_6_selected(case: dict[str, str]) -> None:
    """Each case: the string, how many suites it selects (null: it is invalid), a digest of their names, the level."""
    selection = strings.select(case["text"])
    assert selection.level == case["level"]
    if case["count"] is None:
        assert selection.suites is None
    else:
        assert selection.suites is not None
        listed = [catalogue.BY_CODE[code].name for code in selection.suites]
        assert (len(listed), hashlib.sha256(":".join(listed).encode()).hexdigest()[:16]) == (
            case["count"],
            case["digest"],
        )


def test_the_digest_tells_orders_apart() -> None:
    """Negative control: the same suites in another order are another list."""
    one = strings.select("AES:@STRENGTH").suites
    other = strings.select("AES").suites
    assert sorted(one or ()) == sorted(other or ())
    assert one != other


def test_what_is_selected_and_what_a_refused_string_leaves() -> None:
    context = refssl.SSLContext(refssl.PROTOCOL_TLS_CLIENT)
    assert len(names_of(context)) == 14
    context.set_ciphers("ECDHE+AESGCM:@SECLEVEL=1")
    assert names_of(context)[0] == "ECDHE-ECDSA-AES256-GCM-SHA384"
    assert context.security_level == 1
    with pytest.raises(refssl.SSLError, match="No cipher can be selected"):
        context.set_ciphers("ALL:@NONSENSE")
    assert len(names_of(context)) == 4
    with pytest.raises(refssl.SSLError):
        context.set_ciphers("nonsense:@SECLEVEL=3")
    assert (names_of(context), context.security_level, len(context.get_ciphers())) == ([], 3, 3)


def test_suite_b_stays_whatever_comes_later() -> None:
    context = refssl.SSLContext(refssl.PROTOCOL_TLS_CLIENT)
    context.set_ciphers("SUITEB192:ALL")
    context.set_ciphers("nonsense")
    assert names_of(context) == ["ECDHE-ECDSA-AES256-GCM-SHA384"]
    offer = context._choices.offer(server=False)
    assert (offer.groups, offer.schemes) == ((0x18,), (0x0503,))
