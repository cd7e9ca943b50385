"""How handshake messages lie in records: in pieces, several in one, never mixed with anything else (RFC 8446 5.1)."""

import pytest

pytestmark = pytest.mark.deliveries("whole", "bytewise")

HANDSHAKE = 22


def first_flight(pair, impl):
    """The records of the first that the peer has to say, taken out of the subject's incoming BIO."""
    if not pair.server_side:
        with pytest.raises(impl.SSLWantReadError):
            pair.subject.do_handshake()
    pair.carry()
    wire, found = pair.subject_incoming.read(), []
    while wire:
        end = 5 + int.from_bytes(wire[3:5], "big")
        found.append(wire[:end])
        wire = wire[end:]
    return found


def in_records(body, size):
    """`body` cut into handshake records of `size` bytes."""
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return [bytes([HANDSHAKE, 3, 3]) + len(piece).to_bytes(2, "big") + piece for piece in pieces]


def hand_in(pair, records):
    """The records become readable one after the other, or byte by byte, with a handshake tried in between."""
    wire = b"".join(records)
    pieces = records if pair.variant.delivery == "whole" else [wire[i : i + 1] for i in range(len(wire))]
    for piece in pieces:
        pair.subject_incoming.write(piece)
        try:
            pair.subject.do_handshake()
        except pair.impl.SSLWantReadError:
            continue


@pytest.mark.clause("RFC 5246 6.2.1:fragments", "RFC 8446 5.1:fragments")
@pytest.mark.known("RustPython#7946")
@pytest.mark.peers("module", "tlslite")
@pytest.mark.parametrize("size", [1, 3, 100], ids=str)
def test_a_hello_may_come_in_many_records(pair, impl, size):
    """A handshake message may be cut into records anywhere, also inside its four bytes of header."""
    hello, *others = first_flight(pair, impl)
    hand_in(pair, in_records(hello[5:], size) + others)
    pair.shake_hands()
    pair.greet()


@pytest.mark.clause("RFC 5246 6.2.1:fragments", "RFC 8446 5.1:fragments")
@pytest.mark.roles("client")
@pytest.mark.versions("tls12")
@pytest.mark.peers("module", "tlslite")
def test_a_whole_flight_may_come_in_one_record(pair, impl):
    """Several handshake messages may share a record: here all that a TLS 1.2 server says up to ServerHelloDone."""
    flight = first_flight(pair, impl)
    assert {record[0] for record in flight} == {HANDSHAKE}
    body = b"".join(record[5:] for record in flight)
    hand_in(pair, in_records(body, len(body)))
    pair.shake_hands()
    pair.greet()


@pytest.mark.clause("RFC 5246 6.2.1:fragments", "RFC 8446 5.1:fragments")
@pytest.mark.roles("client")
@pytest.mark.versions("tls12")
def test_records_need_not_begin_where_messages_do(pair, impl):
    """Records may end in the middle of one message and begin with its rest and the next: here all 300 bytes."""
    body = b"".join(record[5:] for record in first_flight(pair, impl))
    hand_in(pair, in_records(body, 300))
    pair.shake_hands()
    pair.greet()


@pytest.mark.clause("ssl.SSLError:protocol-failure", "RFC 8446 5.1:not-interleaved", "RFC 8446 6.2:unexpected-message")
@pytest.mark.deliveries("whole")
@pytest.mark.parametrize(
    "between",
    [b"\x17\x03\x03\x00\x02hi", b"\x14\x03\x03\x00\x01\x01"],
    ids=["application_data", "change_cipher_spec"],
)
def test_nothing_may_come_between_the_parts_of_a_message(pair, impl, between):
    """If a message is cut in two, a record of another type between the halves is refused with unexpected_message."""
    hello, *others = first_flight(pair, impl)
    first, second, *rest = in_records(hello[5:], 30)
    pair.subject_outgoing.read()
    pair.subject_incoming.write(b"".join([first, between, second, *rest, *others]))
    with pytest.raises(impl.SSLError) as caught:
        pair.subject.do_handshake()
    assert not isinstance(caught.value, impl.SSLWantReadError)
    assert pair.subject_outgoing.read()[-2:] == b"\x02\x0a"
    assert pair.subject.version() is None


@pytest.mark.clause(
    "RFC 5246 Appendix E.1:legacy-version-ignored",
    "RFC 8446 4.2.1:versions-decide",
    "RFC 8446 5.1:legacy-version-ignored",
)
@pytest.mark.deliveries("whole")
@pytest.mark.parametrize("minor", [0, 1, 4], ids=["ssl_3_0", "tls_1_0", "a_later_one"])
def test_the_version_in_the_header_of_a_hello_is_ignored(pair, impl, minor):
    """legacy_record_version says nothing: whatever stands over a hello, what counts is in the hello itself."""
    hello, *others = first_flight(pair, impl)
    pair.subject_incoming.write(b"".join([hello[:2] + bytes([minor]) + hello[3:], *others]))
    pair.shake_hands()
    assert pair.subject.version() == {"tls12": "TLSv1.2", "tls13": "TLSv1.3"}[pair.variant.version]
