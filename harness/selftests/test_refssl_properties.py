"""Properties of refssl that hold for all values, as hypothesis looks for the one that breaks them.

Mostly round trips: what is written is read back, and what is cut differently says the same. Hypothesis is a dependency
of these tests alone; without it they are skipped.
"""

from __future__ import annotations

import dataclasses
import itertools
import typing
from typing import Any

import pytest

pytest.importorskip("hypothesis")

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import refssl
from fuzz import actors, wire
from fuzz.ends import Subject
from fuzz.scenarios import BY_NAME
from refssl import peercert
from refssl.ciphers import catalogue
from refssl.crypto.keys import PublicKey
from refssl.engine import presentation
from refssl.engine.config import ExplicitlyUnverified, PeerIdentity, Verified
from refssl.engine.faults import RecordFault
from refssl.engine.presentation import decode, encode
from refssl.engine.session import Session
from refssl.x509 import der, hostname, pem
from refssl.x509.certificate import Certificate
from refssl.x509.names import Name, canonical
from selftests import x509_forge as forge
from selftests.refssl_engine.support import credential

# Always the same examples: CI has no luck. Slow machines are no failure.
settings.register_profile(
    "ours", derandomize=True, deadline=None, max_examples=60, suppress_health_check=list(HealthCheck), database=None
)
settings.load_profile("ours")
SIZE = 200


# -- structs, from the descriptions that the codec has of them


def values(kind: Any) -> st.SearchStrategy[Any]:
    """The values of one kind of field, within its bounds."""
    if isinstance(kind, type):
        return of_struct(kind)
    match type(kind).__name__:
        case "_Unsigned":
            return st.integers(0, 256**kind.size - 1)
        case "_Opaque":
            return st.binary(min_size=kind.size, max_size=kind.size)
        case "_Rest":
            return st.binary(max_size=SIZE)
        case "_OpaqueVector":
            return st.binary(min_size=kind.floor, max_size=min(kind.ceiling, kind.floor + SIZE))
        case "_UnsignedVector":
            least, most = -(-kind.floor // kind.size), min(kind.ceiling, SIZE + kind.floor) // kind.size
            return st.lists(st.integers(0, 256**kind.size - 1), min_size=least, max_size=most).map(tuple)
        case "_ElementVector":
            items = st.lists(values(kind.element), min_size=bool(kind.floor), max_size=4).map(tuple)
            return items.filter(lambda each: kind.floor <= size_of(kind, each) <= kind.ceiling)
        case "_Struct":
            return of_struct(kind.struct_class)
        case "_Extensions":
            return st.dictionaries(st.integers(0, 0xFFFF), st.binary(max_size=40), max_size=6).filter(
                lambda found: sum(4 + len(data) for data in found.values()) >= kind.floor
            )
    raise NotImplementedError(type(kind).__name__)


def size_of(vector: Any, items: tuple[Any, ...]) -> int:
    writer = presentation.writers[vector.element]
    return sum(len(writer(item)) for item in items)


def of_struct(struct: type) -> st.SearchStrategy[Any]:
    hints = typing.get_type_hints(struct, include_extras=True)
    return st.builds(
        struct, **{field.name: values(hints[field.name].__metadata__[0]) for field in dataclasses.fields(struct)}
    )


@pytest.mark.parametrize(
    "struct", wire.STRUCTS.values(), ids=lambda struct: f"{struct.__module__[-5:]}.{struct.__name__}"
)
@given(data=st.data())
def test_every_struct_is_read_as_it_was_written(struct: type, data: st.DataObject) -> None:
    value = data.draw(of_struct(struct))
    assert decode(struct, encode(value)) == value


@given(data=st.data())
def test_a_session_comes_back_out_of_its_ticket(data: st.DataObject) -> None:
    """But for the ticket itself and what a resumption proves."""
    chain = data.draw(st.lists(st.binary(min_size=1, max_size=SIZE), min_size=1, max_size=3).map(tuple))
    key = credential().certificates[0]
    proof = data.draw(st.sampled_from([Verified(chain), ExplicitlyUnverified("CERT_NONE")]))
    peer = data.draw(st.sampled_from([None, PeerIdentity(chain, PublicKey.from_spki(key), proof)]))
    session = Session(
        version=data.draw(st.sampled_from([0x0303, 0x0304])),
        cipher_suite=data.draw(st.integers(0, 0xFFFF)),
        secret=data.draw(st.binary(min_size=1, max_size=48)),
        ticket=b"",
        session_id=data.draw(st.binary(max_size=32)),
        age_add=data.draw(st.integers(0, 2**32 - 1)),
        created=data.draw(st.floats(0, 1e10)),
        lifetime=data.draw(st.integers(0, 604800)),
        server_name=data.draw(st.sampled_from([None, "localhost", "a.example"])),
        alpn=data.draw(st.sampled_from([None, b"h2"])),
        peer=None,
        extended_master_secret=data.draw(st.booleans()),
    )
    assert Session.decode(session.encode()) == session
    read = Session.decode(dataclasses.replace(session, peer=peer).encode()).peer
    assert (read is None) == (peer is None)
    if read is not None:
        assert (read.certificates, read.public_key.spki, read.proof) == (chain, key, proof)


# -- records


@pytest.mark.parametrize("kind", range(wire.KINDS))
@given(contents=st.lists(st.tuples(st.sampled_from((21, 22, 23)), st.binary(max_size=SIZE)), min_size=1, max_size=5))
def test_what_is_sealed_is_opened_in_its_order(kind: int, contents: list[tuple[int, bytes]]) -> None:
    sealer, opener = wire.ends(kind)
    sealed = [sealer.seal(*each) for each in contents]
    assert [opener.open(record) for record in sealed] == contents
    _, late = wire.ends(kind)
    if len(sealed) > 1:
        with pytest.raises(RecordFault):
            late.open(sealed[1])


@given(sizes=st.lists(st.integers(1, 400), min_size=1, max_size=40), name=st.sampled_from(["tls13", "tls12 gcm"]))
def test_a_connection_is_the_same_however_its_bytes_are_cut(sizes: list[int], name: str) -> None:
    client, server = ends = Subject(BY_NAME[name], False), Subject(BY_NAME[name], True)
    cuts = itertools.cycle(sizes)
    client.go_on()
    for letter in ("", "", "", "c", "s"):
        for sender, receiver in ((client, server), (server, client)):
            sender.act(letter)
            sent = sender.take()
            while sent:
                size = next(cuts)
                receiver.receive(sent[:size])
                sent = sent[size:]
    assert [end.received for end in ends] == [end.wrote for end in reversed(ends)] != [b"", b""]
    assert all(end.complete and end.error is None for end in ends)


@given(chunks=st.lists(st.binary(max_size=20), max_size=12), sizes=st.lists(st.integers(-1, 30), max_size=12))
def test_a_bio_is_a_queue_of_bytes(chunks: list[bytes], sizes: list[int]) -> None:
    bio = refssl.MemoryBIO()
    model = b""
    for chunk, size in itertools.zip_longest(chunks, sizes):
        if chunk is not None:
            assert bio.write(chunk) == len(chunk)
            model += chunk
        assert bio.pending == len(model)
        if size is not None:
            expected = model if size < 0 else model[:size]
            model = model[len(expected) :]
            assert bio.read(size) == expected
    assert bio.read() == model


# -- certificates


@given(tag=st.sampled_from([2, 4, 12, 0x30, 0xA0]), content=st.binary(max_size=400), rest=st.binary(max_size=5))
def test_an_element_is_found_as_it_was_wrapped(tag: int, content: bytes, rest: bytes) -> None:
    whole = der.wrap(tag, content)
    found, start, stop = der.element(whole + rest, 0, len(whole + rest))
    assert (found, (whole + rest)[start:stop], stop) == (tag, content, len(whole))


@given(number=st.integers(-(2**200), 2**200))
def test_an_integer_is_itself(number: int) -> None:
    start, stop = der.whole(der.INTEGER, forge.integer(number))
    assert der.integer(forge.integer(number)[start:stop]) == number


@given(first=st.integers(0, 2), second=st.integers(0, 39), rest=st.lists(st.integers(0, 2**64), max_size=6))
def test_an_object_identifier_is_itself(first: int, second: int, rest: list[int]) -> None:
    text = ".".join(map(str, (first, second, *rest)))
    assert der.dotted(der.oid(text)) == text


STRINGS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20)


@given(parts=st.lists(st.tuples(st.sampled_from(["2.5.4.3", "2.5.4.10"]), STRINGS), max_size=4))
def test_the_canonical_form_of_a_name_is_one(parts: list[tuple[str, str]]) -> None:
    """Folding twice changes nothing, and letters and spaces make no difference to it."""
    name = forge.sequence(*(forge.attribute(kind, text) for kind, text in parts))
    folded = canonical(name)
    assert canonical(der.wrap(der.SEQUENCE, folded)) == folded
    ascii_upper = [(kind, "".join(c.upper() if c.isascii() else c for c in text)) for kind, text in parts]
    other = forge.sequence(*(forge.attribute(kind, f"  {text}  ") for kind, text in ascii_upper))
    assert Name(name) == Name(other)


@given(found=st.lists(st.tuples(st.sampled_from(["CERTIFICATE", "X509 CRL"]), st.binary(min_size=1, max_size=SIZE))))
def test_blocks_are_found_among_anything(found: list[tuple[str, bytes]]) -> None:
    text = "".join(f"some words\n{forge.pem(data, label)}" for label, data in found)
    assert [(block.label.decode(), block.data) for block in pem.blocks(text.encode())] == found


LABEL = st.text("abcxyz019", min_size=1, max_size=8)


@given(labels=st.lists(LABEL, min_size=2, max_size=5), extra=LABEL)
def test_a_host_name_matches_itself_and_one_label_of_a_wildcard(labels: list[str], extra: str) -> None:
    host = ".".join(labels)
    own = leaf(host)
    assert hostname.matches_hostname(own, host, True)
    assert not hostname.matches_hostname(own, f"{extra}.{host}", True)
    assert not hostname.matches_hostname(own, host + "x", True)
    wild = leaf(f"*.{host}")
    assert hostname.matches_hostname(wild, f"{extra}.{host}", True)
    assert not hostname.matches_hostname(wild, host, True)
    assert not hostname.matches_hostname(wild, f"{extra}.{extra}.{host}", True)


def leaf(host: str) -> Certificate:
    return Certificate(actors.certificate("leaf", "Inter", forge.alternative_names(forge.dns(host))))


# -- settings

SUITES = st.lists(
    st.sampled_from([suite.name for suite in catalogue.TLS12_SUITES]), min_size=1, max_size=12, unique=True
)


@given(names=SUITES)
def test_suites_are_selected_in_the_order_in_which_they_are_named(names: list[str]) -> None:
    context = refssl.SSLContext(refssl.PROTOCOL_TLS_CLIENT)
    context.set_ciphers(":".join(names) + ":@SECLEVEL=0")
    selected = [suite["name"] for suite in context.get_ciphers() if suite["protocol"] != "TLSv1.3"]
    assert selected == names
    # Taken away and added again, and banned.
    context.set_ciphers(":".join([*names, f"-{names[0]}", names[0]]) + ":@SECLEVEL=0")
    again = [suite["name"] for suite in context.get_ciphers() if suite["protocol"] != "TLSv1.3"]
    assert again == [*names[1:], names[0]]
    with pytest.raises(refssl.SSLError):
        context.set_ciphers(":".join([*names, *(f"!{name}" for name in names)]))


@given(data=st.binary(max_size=SIZE))
def test_a_certificate_in_pem_is_itself(data: bytes) -> None:
    assert refssl.PEM_cert_to_DER_cert(refssl.DER_cert_to_PEM_cert(data)) == data


@given(seconds=st.integers(0, 2**31))
def test_a_time_is_read_as_it_is_printed(seconds: int) -> None:
    assert refssl.cert_time_to_seconds(peercert._time(seconds)) == seconds
