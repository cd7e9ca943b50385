"""Many threads asking at once: each is told of its own connection's peer."""

import pytest

pytestmark = [
    pytest.mark.clause("ssl.SSLSocket.getpeercert:threads"),
    pytest.mark.known("pypy#2615"),
    pytest.mark.roles("client"),
    pytest.mark.deliveries("whole"),
]


def test_threads_are_told_the_same(pair, background):
    """Whatever the number of threads that ask for one certificate at the same time, all are told the same."""
    pair.peer.settings.certificate = "every-name"
    pair.shake_hands()
    subject = pair.bare_subject
    expected = subject.getpeercert()
    askers = [background(ask_often, subject) for _ in range(6)]
    for asker in askers:
        assert all(told == expected for told in asker.result())


def test_threads_are_told_of_their_own_peer(couple, background):
    """Threads that ask about different connections are not told of one another's."""
    couple.client_context.check_hostname = False
    clients = {}
    for name in ("every-name", "nul-in-others", "address-only", "wildcard"):
        couple.server_context.load_cert_chain(*couple.pki[name])
        couple.wrap()
        couple.shake_hands()
        clients[name] = couple.client
    expected = {name: client.getpeercert() for name, client in clients.items()}
    assert len({told["subjectAltName"] for told in expected.values()}) == len(clients)
    askers = {name: background(ask_often, client) for name, client in clients.items()}
    for name, asker in askers.items():
        assert all(told == expected[name] for told in asker.result())


def ask_often(subject):
    return [subject.getpeercert() for _ in range(50)]
