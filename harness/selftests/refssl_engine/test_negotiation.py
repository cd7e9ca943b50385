"""What of a peer's extensions is kept from one connection to the next."""

from __future__ import annotations

import pytest

from refssl.engine.alerts import AlertDescription
from refssl.engine.faults import ProtocolError
from refssl.engine.messages import extensions as ext
from refssl.engine.negotiation import read_setting
from refssl.engine.presentation import encode


def test_settings_are_read_once_and_long_ones_each_time() -> None:
    for count, kept in ((3, True), (100, False)):
        groups = tuple(range(count))
        first, second = (
            read_setting(ext.NamedGroupList, {10: encode(ext.NamedGroupList(groups))}, 10) for _ in range(2)
        )
        assert first is not None
        assert first == second == ext.NamedGroupList(groups)
        assert (first is second) is kept
    assert read_setting(ext.NamedGroupList, {}, 10) is None


def test_the_same_bytes_are_not_taken_for_another_extension() -> None:
    data = {10: bytes.fromhex("0002 0017")}
    assert read_setting(ext.NamedGroupList, data, 10) == ext.NamedGroupList((0x17,))
    assert read_setting(ext.SignatureSchemeList, data, 10) == ext.SignatureSchemeList((0x17,))


def test_what_is_malformed_is_refused_each_time_with_its_own_reason() -> None:
    for reason in ("BAD_EXTENSION", "LENGTH_MISMATCH", "BAD_EXTENSION"):
        with pytest.raises(ProtocolError) as caught:
            read_setting(ext.NamedGroupList, {10: b"\x00\x03\x00\x17\x00"}, 10, reason)
        assert (caught.value.alert, caught.value.reason) == (AlertDescription.DECODE_ERROR, reason)
