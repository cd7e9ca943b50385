"""HMAC made of hashlib's hashes against the standard library's hmac, and the cases of RFC 4231."""

from __future__ import annotations

import hmac

import pytest

from refssl.crypto.hashing import HASHES, Mac, function, mac_once, shortened

# RFC 4231 4.2, 4.3, 4.7: key, data, HMAC-SHA-256.
RFC_4231 = [
    (b"\x0b" * 20, b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    (b"Jefe", b"what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
    (
        b"\xaa" * 131,
        b"Test Using Larger Than Block-Size Key - Hash Key First",
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ),
]


@pytest.mark.parametrize(("key", "message", "expected"), RFC_4231)
def test_hmac_is_as_in_rfc_4231(key: bytes, message: bytes, expected: str) -> None:
    known = function("sha256")
    assert Mac(known, shortened(known, key)).mac(message).hex() == expected


@pytest.mark.parametrize("name", sorted(HASHES))
def test_hmac_is_the_standard_librarys_for_every_length_of_key(name: str) -> None:
    known = function(name)
    for size in (0, 1, known.length, known.block - 1, known.block, known.block + 1, 2 * known.block):
        key = bytes(range(256))[:size]
        keyed = Mac(known, shortened(known, key))
        for message in (b"", b"message", bytes(1000)):
            expected = hmac.digest(key, message, name)
            # Twice: a message leaves nothing behind.
            assert keyed.mac(message) == keyed.mac(message) == expected
            assert mac_once(known, shortened(known, key), message) == expected
        assert keyed.mac(b"message") != Mac(known, bytes(known.block - 1) + b"\1").mac(b"message")
