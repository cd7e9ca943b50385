"""The codec against every struct that there is: what is written is read back, and nothing cut or overlong is taken."""

from __future__ import annotations

import inspect
import random
import typing
from dataclasses import dataclass, fields, is_dataclass
from typing import Annotated, Any

import pytest

from refssl.engine.alerts import AlertDescription
from refssl.engine.faults import ProtocolError
from refssl.engine.messages import control, extensions, hello, tls12, tls13
from refssl.engine.presentation import (
    decode,
    encode,
    opaque,
    opaque_vector,
    rest,
    struct_of,
    uint8,
    uint24,
    uint32,
    vector,
)

# One well-formed value for each struct; what has a vector has something in it.
SAMPLES: list[Any] = [
    control.Alert(2, 40),
    control.ChangeCipherSpec(),
    hello.ClientHello(
        0x0303, bytes(32), b"\x07" * 32, (0x1301, 0x1302), (0,), {0: b"name", 43: b"", 65000: b"x" * 300}
    ),
    hello.ServerHello(0x0303, bytes(range(32)), b"", 0x1301, 0, {43: b"\x03\x04"}),
    hello.HelloRetryRequest(0x0303, hello.RETRY_RANDOM, b"\x01", 0x1302, 0, {51: b"\x00\x17"}),
    tls13.EncryptedExtensions({16: b"\x00\x03\x02h2"}),
    tls13.CertificateRequest(b"context", {13: b"\x00\x02\x04\x03"}),
    tls13.CertificateEntry(b"\x30\x00", {5: b"status"}),
    tls13.Certificate(b"", (tls13.CertificateEntry(b"leaf", {}), tls13.CertificateEntry(b"root", {18: b"sct"}))),
    tls13.CertificateVerify(0x0403, b"signature"),
    tls13.NewSessionTicket(7200, 2**32 - 1, b"", b"ticket", {42: bytes(4)}),
    tls13.KeyUpdate(1),
    tls12.Certificate((b"leaf", b"root")),
    tls12.CertificateRequest((1, 64), (0x0403, 0x0804), (b"\x30\x00",)),
    tls12.NewSessionTicket(7200, b"ticket"),
    tls12.ServerECDHParams(3, 29, b"public"),
    tls12.ServerDHParams(b"prime", b"\x02", b"public"),
    tls12.ParamsSignature(0x0403, b"signature"),
    tls12.ClientECDiffieHellmanPublic(b"public"),
    tls12.ClientDiffieHellmanPublic(b"public"),
    tls12.EncryptedPreMasterSecret(b"encrypted"),
    extensions.ServerName(0, b"a.example"),
    extensions.ServerNameList((extensions.ServerName(0, b"a.example"),)),
    extensions.ClientSupportedVersions((0x0304, 0x0303)),
    extensions.SelectedVersion(0x0304),
    extensions.Cookie(b"cookie"),
    extensions.SignatureSchemeList((0x0403, 0x0804)),
    extensions.CertificateAuthorities((b"\x30\x00", b"\x30\x01\x00")),
    extensions.NamedGroupList((29, 23)),
    extensions.KeyShareEntry(29, b"share"),
    extensions.KeyShareClientHello((extensions.KeyShareEntry(29, b"one"), extensions.KeyShareEntry(23, b"two"))),
    extensions.KeyShareHelloRetryRequest(23),
    extensions.PskKeyExchangeModes((1,)),
    extensions.PskIdentity(b"ticket", 12345),
    extensions.OfferedPsks((extensions.PskIdentity(b"ticket", 1),), (bytes(32),)),
    extensions.SelectedPsk(0),
    extensions.ProtocolNameList((b"h2", b"http/1.1")),
]
# Their end is not marked inside them: whoever knows the hash checks the length; or there is nothing in them.
OPEN_ENDED: list[Any] = [
    tls13.Finished(bytes(32)),
    tls12.ServerKeyExchange(b"params"),
    tls12.ECDHExchange(tls12.ServerECDHParams(3, 23, b"public"), b"signed"),
    tls12.DHExchange(tls12.ServerDHParams(b"prime", b"\x05", b"public"), b"signed"),
    tls12.IdentityHint(b"hint", b"params"),
    tls12.ClientPskIdentity(b"identity", b"keys"),
    tls12.ClientKeyExchange(b"keys"),
    control.Raw(22, b"any"),
]
EMPTY: list[Any] = [tls13.EndOfEarlyData(), tls12.HelloRequest(), tls12.ServerHelloDone()]


def name(value: Any) -> str:
    return type(value).__name__


def test_every_struct_has_a_sample() -> None:
    structs = {
        each
        for module in (control, hello, tls12, tls13, extensions)
        for _, each in inspect.getmembers(module, is_dataclass)
        if isinstance(each, type) and each.__module__ == module.__name__
    }
    assert structs == {type(sample) for sample in SAMPLES + OPEN_ENDED + EMPTY}


@pytest.mark.parametrize("sample", SAMPLES + OPEN_ENDED[:-1] + EMPTY, ids=name)
def test_what_is_written_is_read_back(sample: Any) -> None:
    assert decode(type(sample), encode(sample)) == sample


@pytest.mark.parametrize("sample", SAMPLES, ids=name)
def test_every_truncation_is_refused(sample: Any) -> None:
    """RFC 8446 6.2: decode_error where "the length of the message was incorrect"."""
    whole = encode(sample)
    # RFC 5246 7.4.1.2: a hello may end before its extensions, which is then not a truncation.
    allowed = {len(encode(type(sample)(**{**values(sample), "extensions": {}})))} if ends_early(sample) else set()
    for size in range(len(whole)):
        if size in allowed:
            continue
        with pytest.raises(ProtocolError) as caught:
            decode(type(sample), whole[:size])
        assert caught.value.alert is AlertDescription.DECODE_ERROR


def values(sample: Any) -> dict[str, Any]:
    return {field.name: getattr(sample, field.name) for field in fields(sample)}


def ends_early(sample: Any) -> bool:
    return isinstance(sample, (hello.ClientHello, hello.ServerHello))


@pytest.mark.parametrize("sample", SAMPLES + EMPTY, ids=name)
def test_leftover_bytes_are_refused(sample: Any) -> None:
    with pytest.raises(ProtocolError) as caught:
        decode(type(sample), encode(sample) + b"\0", "A_REASON")
    assert (caught.value.alert, caught.value.reason) == (AlertDescription.DECODE_ERROR, "A_REASON")


@pytest.mark.parametrize("sample", SAMPLES, ids=name)
def test_altered_bytes_are_refused_or_read_as_they_are(sample: Any) -> None:
    """One description for both directions: whatever is accepted is written again as the same bytes."""
    chance = random.Random(name(sample))
    whole = encode(sample)
    for _ in range(300):
        altered = bytearray(whole)
        for _ in range(chance.randint(1, 3)):
            altered[chance.randrange(len(altered))] = chance.choice((0, 1, 2, 255, chance.randrange(256)))
        try:
            read = decode(type(sample), bytes(altered))
        except ProtocolError:
            continue
        # An empty block of extensions is written as none: the one thing with two forms (RFC 5246 7.4.1.2).
        assert encode(read) in (bytes(altered), bytes(altered[:-2]))


def test_an_extension_type_may_come_once() -> None:
    """RFC 8446 4.2: "There MUST NOT be more than one extension of the same type"."""
    with pytest.raises(ProtocolError) as caught:
        decode(tls13.EncryptedExtensions, bytes.fromhex("0008 00100000 00100000"))
    assert caught.value.alert is AlertDescription.ILLEGAL_PARAMETER


@dataclass(slots=True)
class Inner:
    a: Annotated[int, uint8]
    b: Annotated[bytes, opaque(2)]


@dataclass(slots=True)
class Everything:
    small: Annotated[int, uint24]
    large: Annotated[int, uint32]
    inner: Annotated[Inner, struct_of(Inner)]
    bytes_: Annotated[tuple[int, ...], vector(uint8, 1, 3)]
    words: Annotated[tuple[int, ...], vector(uint32, 0, 8)]
    names: Annotated[tuple[bytes, ...], vector(opaque_vector(1, 4), 0, 2**24 - 1)]
    tail: Annotated[bytes, rest]


def test_the_wire_form_is_that_of_the_presentation_language() -> None:
    """RFC 8446 3.2 to 3.5, typed by hand."""
    value = Everything(1, 2, Inner(3, b"bc"), (4,), (5, 6), (b"d", b"ef"), b"tail")
    wire = bytes.fromhex("000001 00000002 03 6263 01 04 08 0000000500000006 000005 0164 026566") + b"tail"
    assert encode(value) == wire
    assert decode(Everything, wire) == value


@pytest.mark.parametrize(
    "wire",
    [
        "000001 00000002 03 6263 00 00 000000",
        "000001 00000002 03 6263 04 04040404 00 000000",
        "000001 00000002 03 6263 01 04 0c 000000050000000500000005 000000",
        "000001 00000002 03 6263 01 04 03 000000 000000",
        "000001 00000002 03 6263 01 04 00 000001 00",
        "000001 00000002 03 6263 01 04 00 000006 056565656565",
        "000001 00000002 03 6263 01 04 00 000003 036565 00",
    ],
    ids=["below floor", "above ceiling", "words above", "uneven", "empty element", "long element", "element too long"],
)
def test_bounds_are_those_of_the_description(wire: str) -> None:
    data = bytes.fromhex(wire)
    with pytest.raises(ProtocolError):
        decode(Everything, data)


@pytest.mark.parametrize(
    "value",
    [
        extensions.Cookie(b""),
        extensions.ProtocolNameList((b"x" * 256,)),
        extensions.ClientSupportedVersions(()),
        hello.ServerHello(0x0303, bytes(31), b"", 0x1301, 0, {}),
        tls13.KeyUpdate(256),
    ],
    ids=name,
)
def test_out_of_bounds_is_our_own_fault_when_writing(value: Any) -> None:
    with pytest.raises((ValueError, OverflowError)):
        encode(value)


def test_every_annotation_says_how_it_is_written() -> None:
    for sample in SAMPLES + OPEN_ENDED:
        hints = typing.get_type_hints(type(sample), include_extras=True)
        for field in fields(sample):
            if not isinstance(sample, control.Raw):
                assert hints[field.name].__metadata__
