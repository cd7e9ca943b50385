"""What a resumed session may stand for: never more than its first handshake proved, for the host and context it was.

A resumption shows no certificate (RFC 8446 4.2.11, RFC 5246 7.4.1.2), so each refusal stands beside the resumption that
the same code allows.
"""

from __future__ import annotations

import socket
import time
from typing import Any

import pytest

import refssl
from refssl import tickets
from refssl.crypto.keys import PublicKey
from refssl.engine.config import ExplicitlyUnverified, PeerIdentity
from refssl.engine.session import Session
from refssl.x509 import flags
from selftests.refssl_support import Pair, certificates, contexts

VERSIONS = [refssl.TLSVersion.TLSv1_2, refssl.TLSVersion.TLSv1_3]
Contexts = tuple[refssl.SSLContext, refssl.SSLContext]


@pytest.fixture(params=VERSIONS, ids=lambda version: version.name)
def both(request: Any) -> Contexts:
    """A client's and a server's context that speak one version only."""
    client, server = contexts()
    server.minimum_version = server.maximum_version = request.param
    return client, server


def session_of(client: refssl.SSLContext, server: refssl.SSLContext, **options: Any) -> Any:
    """The client's session of a new connection."""
    pair = Pair(client, server, **options).shake_hands()
    pair.take_tickets()
    return pair.client.session


def resumes(client: refssl.SSLContext, server: refssl.SSLContext, session: Any, **options: Any) -> bool:
    """Whether the session is resumed; what ends the handshake is raised."""
    pair = Pair(client, server, session=session, **options).shake_hands()
    assert pair.client.session_reused == pair.server.session_reused
    return bool(pair.client.session_reused)


def test_a_session_is_of_one_host(both: Contexts) -> None:
    session = session_of(*both)
    with pytest.raises(refssl.SSLCertVerificationError) as caught:
        resumes(*both, session, hostname="wrong.example")
    assert caught.value.verify_code == 62
    # The certificate is this host's, too, but that was not looked at when the session was made.
    assert not resumes(*both, session, hostname="127.0.0.1")
    assert resumes(*both, session)


def test_a_session_of_an_unchecked_host_is_no_checked_one(both: Contexts) -> None:
    both[0].check_hostname = False
    session = session_of(*both, hostname="wrong.example")
    assert resumes(*both, session, hostname="wrong.example")
    both[0].check_hostname = True
    with pytest.raises(refssl.SSLCertVerificationError) as caught:
        resumes(*both, session, hostname="wrong.example")
    assert caught.value.verify_code == 62


def test_resuming_does_not_make_a_host_checked(both: Contexts) -> None:
    """What a chain of resumptions goes back to is what counts."""
    client, server = both
    client.check_hostname = False
    session = session_of(client, server, hostname="wrong.example")
    session = session_of(client, server, hostname="wrong.example", session=session)
    client.check_hostname = True
    with pytest.raises(refssl.SSLCertVerificationError):
        resumes(client, server, session, hostname="wrong.example")
    session = session_of(client, server)
    assert resumes(client, server, session_of(client, server, session=session))


@pytest.mark.parametrize("trusting", [False, True])
def test_an_unverified_session_stands_for_no_verified_one(both: Contexts, trusting: bool) -> None:
    client, server = both
    client.check_hostname = False
    client.verify_mode = refssl.CERT_NONE
    if not trusting:
        server.load_cert_chain(certificates().other)
    session = session_of(client, server)
    assert resumes(client, server, session)
    client.verify_mode = refssl.CERT_REQUIRED
    if trusting:
        assert not resumes(client, server, session)
        assert resumes(client, server, session_of(client, server))
        return
    stranger = refssl.SSLContext(refssl.PROTOCOL_TLS_CLIENT)
    stranger.check_hostname = False
    stranger.verify_mode = refssl.CERT_NONE
    session = session_of(stranger, server)
    assert resumes(stranger, server, session)
    stranger.verify_mode = refssl.CERT_REQUIRED
    with pytest.raises(refssl.SSLCertVerificationError):
        resumes(stranger, server, session)


@pytest.mark.parametrize("options", [0, refssl.OP_NO_TICKET], ids=["sealed", "kept"])
def test_a_ticket_without_a_client_stands_for_none(both: Contexts, options: int) -> None:
    client, server = both
    server.options |= options
    server.load_verify_locations(certificates().authority)
    anonymous = session_of(client, server)
    assert resumes(client, server, anonymous)
    client.load_cert_chain(certificates().client)
    server.verify_mode = refssl.CERT_REQUIRED
    assert not resumes(client, server, anonymous)
    known = session_of(client, server)
    pair = Pair(client, server, session=known).shake_hands()
    assert pair.server.session_reused
    assert pair.server.getpeercert()["subjectAltName"] == (("email", "client@example.org"),)


@pytest.mark.parametrize("setting", ["verify_flags", "hostname_checks_common_name", "set_ciphers"])
def test_a_session_of_laxer_settings_stands_for_no_stricter_one(both: Contexts, setting: str) -> None:
    """The stdlib resumes it; here the chain is shown again, and held to what is asked now."""
    client, server = both
    session = session_of(client, server)
    assert resumes(client, server, session)
    if setting == "verify_flags":
        client.verify_flags |= refssl.VERIFY_CRL_CHECK_LEAF
        with pytest.raises(refssl.SSLCertVerificationError) as caught:
            resumes(client, server, session)
        assert caught.value.verify_code == 3
        client.verify_flags &= ~refssl.VERIFY_CRL_CHECK_LEAF
    elif setting == "hostname_checks_common_name":
        client.hostname_checks_common_name = False
        assert not resumes(client, server, session)
        client.hostname_checks_common_name = True
    else:
        client.set_ciphers("DEFAULT:@SECLEVEL=3")
        assert not resumes(client, server, session)
        client.set_ciphers("DEFAULT:@SECLEVEL=2")
    assert resumes(client, server, session)


def test_a_session_of_stricter_settings_stands_for_laxer_ones(both: Contexts) -> None:
    client, server = both
    client.hostname_checks_common_name = False
    session = session_of(client, server)
    client.hostname_checks_common_name = True
    client.verify_flags |= refssl.VERIFY_X509_PARTIAL_CHAIN
    assert resumes(client, server, session)
    session = session_of(client, server)
    client.verify_flags &= ~refssl.VERIFY_X509_PARTIAL_CHAIN
    assert not resumes(client, server, session)


@pytest.mark.parametrize("options", [0, refssl.OP_NO_TICKET], ids=["sealed", "kept"])
def test_a_client_known_under_laxer_settings_is_looked_at_again(both: Contexts, options: int) -> None:
    client, server = both
    server.options |= options
    server.load_verify_locations(certificates().authority)
    server.verify_mode = refssl.CERT_REQUIRED
    client.load_cert_chain(certificates().client)
    session = session_of(client, server)
    assert resumes(client, server, session)
    server.verify_flags |= refssl.VERIFY_CRL_CHECK_LEAF
    with pytest.raises(refssl.SSLCertVerificationError) as caught:
        resumes(client, server, session)
    assert caught.value.verify_code == 3
    server.verify_flags &= ~refssl.VERIFY_CRL_CHECK_LEAF
    assert resumes(client, server, session)
    server.verify_mode = refssl.CERT_NONE
    assert resumes(client, server, session)


def test_what_is_asked_of_the_peer_is_settled_when_the_connection_is_made(both: Contexts) -> None:
    """A session that is assigned later neither lets the context's new settings in nor is itself called checked."""
    client, server = both
    session = session_of(client, server)
    pair = Pair(client, server, hostname="wrong.example")
    client.check_hostname = False
    client.verify_mode = refssl.CERT_NONE
    pair.client.session = session
    with pytest.raises(refssl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 62
    client.verify_mode = refssl.CERT_REQUIRED
    client.check_hostname = True
    pair = Pair(client, server)
    pair.client.session = session
    assert pair.shake_hands().client.session_reused


def test_a_session_belongs_to_the_context_that_verified_it(both: Contexts) -> None:
    client, server = both
    distrustful = refssl.SSLContext(refssl.PROTOCOL_TLS_CLIENT)
    pair = Pair(client, server).shake_hands()
    pair.take_tickets()
    pair.client.context = distrustful
    session = pair.client.session
    with pytest.raises(ValueError):
        resumes(distrustful, server, session)
    assert resumes(client, server, session)
    late = Pair(client, server)
    late.client.context = distrustful  # whose trust counts from now on
    with pytest.raises(ValueError):
        late.client.session = session
    with pytest.raises(refssl.SSLCertVerificationError):
        late.shake_hands()


@pytest.mark.parametrize("first", [refssl.CERT_NONE, refssl.CERT_REQUIRED])
@pytest.mark.parametrize("chosen", [refssl.CERT_NONE, refssl.CERT_REQUIRED])
def test_a_chosen_context_asks_no_less_than_the_first(both: Contexts, first: int, chosen: int) -> None:
    client, server = both
    other = contexts()[1]
    other.minimum_version = refssl.TLSVersion.TLSv1_2
    for context, mode in ((server, first), (other, chosen)):
        context.verify_mode = mode
        context.load_verify_locations(certificates().authority)
    server.sni_callback = lambda connection, _name, _context: setattr(connection, "context", other)
    if refssl.CERT_REQUIRED in (first, chosen):
        with pytest.raises(refssl.SSLError) as caught:
            Pair(client, server).shake_hands()
        assert caught.value.reason == "PEER_DID_NOT_RETURN_A_CERTIFICATE"
        client.load_cert_chain(certificates().client)
    Pair(client, server).shake_hands()


@pytest.mark.parametrize("asking", ["first", "chosen"])
def test_a_chosen_context_looks_no_less_closely_than_the_first(both: Contexts, asking: str) -> None:
    """In OpenSSL verify_flags are the first context's. What the chosen one wants counts here as well."""
    client, server = both
    client.load_cert_chain(certificates().client)
    other = contexts()[1]
    other.minimum_version = refssl.TLSVersion.TLSv1_2
    for context in (server, other):
        context.verify_mode = refssl.CERT_REQUIRED
        context.load_verify_locations(certificates().authority)
    server.sni_callback = lambda connection, _name, _context: setattr(connection, "context", other)
    Pair(client, server).shake_hands()
    (server if asking == "first" else other).verify_flags |= refssl.VERIFY_CRL_CHECK_LEAF
    with pytest.raises(refssl.SSLCertVerificationError) as caught:
        Pair(client, server).shake_hands()
    assert caught.value.verify_code == 3


def test_two_sets_of_flags_leave_what_each_of_them_leaves() -> None:
    for first, second, left in (
        (flags.CRL_CHECK, flags.X509_STRICT, flags.CRL_CHECK | flags.X509_STRICT),
        (flags.PARTIAL_CHAIN, 0, 0),
        (flags.PARTIAL_CHAIN, flags.PARTIAL_CHAIN, flags.PARTIAL_CHAIN),
        (flags.SUITE_B_192, flags.SUITE_B_128_ONLY, flags.SUITE_B_192),
        (0, flags.SUITE_B_192, flags.SUITE_B_192),
        (flags.TRUSTED_FIRST, flags.USE_CHECK_TIME, flags.TRUSTED_FIRST),
    ):
        assert flags.both(first, second) == left


def test_what_was_accepted_under_one_set_of_flags_would_be_under_another() -> None:
    strict, lenient = flags.CRL_CHECK, flags.PARTIAL_CHAIN
    for of_then, of_now, enough in (
        (0, 0, True),
        (strict, 0, True),
        (0, strict, False),
        (lenient, 0, False),
        (0, lenient, True),
        (strict | lenient, lenient, True),
        (flags.SUITE_B_192, flags.SUITE_B, False),
        (0, flags.USE_CHECK_TIME, False),
        (flags.USE_CHECK_TIME, 0, False),
    ):
        assert flags.imply(of_then, of_now) is enough


def test_kept_sessions_take_no_more_memory_than_they_may(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that shows long chains cannot fill the memory: the oldest sessions are forgotten before."""
    monkeypatch.setattr(tickets, "_CACHED_OCTETS", 2**20)
    keeper = tickets.TicketKeeper()
    peer = PeerIdentity((bytes(2**16),), PublicKey.from_spki(b""), ExplicitlyUnverified("CERT_NONE"))
    numbers = [keeper.remember(_session(peer)) for _ in range(64)]
    found = [number for number in numbers if keeper.open(number) is not None]
    assert len(found) == len(keeper) == 15
    assert found == numbers[-15:]
    for number in range(100):
        keeper.keep(_session(None, session_id=bytes((number % 2,))))
    assert len(keeper) == 17


def _session(peer: PeerIdentity | None, session_id: bytes = b"") -> Session:
    return Session(
        version=0x0303,
        cipher_suite=0xC02B,
        secret=b"secret",
        ticket=b"",
        session_id=session_id,
        age_add=0,
        created=time.time(),
        lifetime=60,
        server_name=None,
        alpn=None,
        peer=peer,
    )


def test_checking_without_a_name_to_check_is_refused_whenever_it_comes_to_that() -> None:
    client = contexts()[0]
    client.check_hostname = False
    with socket.create_server(("127.0.0.1", 0)) as listener:
        nameless = client.wrap_socket(socket.socket(), do_handshake_on_connect=False)
        named = client.wrap_socket(socket.socket(), do_handshake_on_connect=False, server_hostname="localhost")
        client.check_hostname = True
        with nameless, named:
            with pytest.raises(ValueError, match="check_hostname"):
                nameless.connect(listener.getsockname())
            named.connect(listener.getsockname())


def test_a_session_belongs_to_the_context_whose_trust_made_it() -> None:
    """What a context that was assigned before the handshake trusted is not resumed under the one that was left."""
    trusting, server = contexts()
    other = refssl.SSLContext(refssl.PROTOCOL_TLS_CLIENT)
    pair = Pair(other, server)
    pair.client.context = trusting
    pair.shake_hands()
    pair.take_tickets()
    with pytest.raises(ValueError, match="different SSLContext"):
        Pair(other, server, session=pair.client.session)
    assert Pair(trusting, server, session=pair.client.session).shake_hands().client.session_reused
