"""What a context counts: certificates and lists in its trust store, sessions, and tickets."""

import pytest

RECORD = 5 + 1 + 16  # what a record of TLS 1.3 has besides its data: header, type and tag (RFC 8446 5.2)


@pytest.mark.clause("ssl.SSLContext.cert_store_stats:counts", "ssl.SSLContext.get_ca_certs:authorities-only")
def test_certificates_authorities_and_lists_are_told_apart(impl, pki):
    """cert_store_stats() counts certificates, authorities and lists; get_ca_certs() lists the authorities alone."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(pki.path("root-and-crl.pem"))
    assert context.cert_store_stats() == {"crl": 1, "x509_ca": 1, "x509": 1}
    context.load_verify_locations(cadata=pki.der("server"))
    assert context.cert_store_stats() == {"crl": 1, "x509_ca": 1, "x509": 2}
    assert context.get_ca_certs(binary_form=True) == [pki.der("root")]


@pytest.mark.clause("ssl.SSLContext.load_verify_locations:extra-lines", "ssl-certificates:many-authorities")
@pytest.mark.parametrize("how", ["cafile", "cadata"])
def test_lines_around_certificates_are_ignored(impl, pki, how):
    """A file, or text, of two authorities with other lines around them has these two."""
    path = pki.path("authorities.pem")
    with open(path, encoding="ascii") as file:
        text = file.read()
    assert not text.startswith("-----")
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(**{how: {"cafile": path, "cadata": text}[how]})
    assert sorted(context.get_ca_certs(binary_form=True)) == sorted([pki.der("root"), pki.der("other-root")])


@pytest.mark.clause("ssl.SSLContext.session_stats:counts", "ssl.SSLContext.session_stats:resumption-counts")
@pytest.mark.roles("server")
def test_sessions_are_counted(pair):
    """session_stats() is a dict of numbers: handshakes accepted, and sessions that were resumed as hits."""
    before = pair.subject_context.session_stats()
    assert {"number", "accept", "accept_good", "hits", "misses", "timeouts", "cache_full"} <= set(before)
    assert set(before.values()) == {0}
    pair.shake_hands()
    pair.greet()
    assert pair.subject_context.session_stats()["accept"] == 1
    assert pair.subject_context.session_stats()["accept_good"] == 1
    assert pair.subject_context.session_stats()["hits"] == 0
    second = pair.reconnect()
    second.shake_hands()
    assert second.peer.seen.resumed
    assert second.subject_context.session_stats()["accept_good"] == 2
    assert second.subject_context.session_stats()["hits"] == 1


@pytest.mark.clause("ssl.SSLContext.session_stats:counts")
@pytest.mark.roles("client")
def test_handshakes_of_a_client_are_counted(pair, impl):
    """A client's context counts handshakes that were begun and those that were completed, as `connect...`."""
    assert pair.subject_context.session_stats()["connect"] == 0
    with pytest.raises(impl.SSLWantReadError):
        pair.subject.do_handshake()
    stats = pair.subject_context.session_stats()
    assert (stats["connect"], stats["connect_good"], stats["accept"]) == (1, 0, 0)
    pair.shake_hands()
    stats = pair.subject_context.session_stats()
    assert (stats["connect"], stats["connect_good"], stats["accept_good"]) == (1, 1, 0)


def behind_the_handshake(couple, impl):
    """How many bytes a server of the couple's contexts puts out when its handshake has just been completed."""
    to_client, to_server = impl.MemoryBIO(), impl.MemoryBIO()
    client = couple.client_context.wrap_bio(to_client, to_server, server_hostname="localhost")
    server = couple.server_context.wrap_bio(to_server, to_client, server_side=True)
    for end in (client, server):
        with pytest.raises(impl.SSLWantReadError):
            end.do_handshake()
    client.do_handshake()
    server.do_handshake()
    return to_client.pending


@pytest.mark.clause("ssl.SSLContext.num_tickets:tickets", "ssl.SSLContext.num_tickets:observable")
@pytest.mark.known("GraalPy's list")
@pytest.mark.versions("tls13")
@pytest.mark.deliveries("whole")
@pytest.mark.parametrize("number", [0, 1, 5])
def test_so_many_tickets_are_sent(couple, impl, number):
    """A TLS 1.3 server sends num_tickets tickets behind its handshake, in as many records or in one; 2 by default."""
    assert couple.server_context.num_tickets == 2
    default = behind_the_handshake(couple, impl)
    couple.server_context.num_tickets = 1
    one = behind_the_handshake(couple, impl)
    couple.server_context.num_tickets = number
    assert couple.server_context.num_tickets == number
    for count, size in ((2, default), (number, behind_the_handshake(couple, impl))):
        assert count * (one - RECORD) <= size <= count * one


@pytest.mark.clause("ssl.SSLContext.num_tickets:not-tls12")
@pytest.mark.roles("server")
@pytest.mark.versions("tls12")
def test_tls_1_2_does_not_listen_to_it(pair):
    """A TLS 1.2 client of a server with num_tickets 0 resumes its session all the same."""
    pair.subject_context.num_tickets = 0
    pair.shake_hands()
    pair.greet()
    second = pair.reconnect()
    second.shake_hands()
    assert second.peer.seen.resumed


@pytest.mark.clause("ssl.SSLContext.num_tickets:servers-only")
@pytest.mark.level("observed")
def test_a_client_sends_no_tickets(impl):
    """num_tickets of a context for clients cannot be set: ValueError."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    with pytest.raises(ValueError):
        context.num_tickets = 1
