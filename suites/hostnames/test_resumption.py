"""Sessions and names: what was verified for one name is not verified for another."""

import pytest

pytestmark = [pytest.mark.clause("ssl.SSLSocket.session:judged-anew"), pytest.mark.deliveries("whole")]


@pytest.mark.clause("RFC 8446 4.6.1:resumption-name")
@pytest.mark.roles("client")
@pytest.mark.parametrize("host", ["localhost", "server.example"], ids=["the_same", "another_of_its_names"])
def test_a_session_stands_for_its_host(pair, host):
    """With the name that the session was made for, or another that its certificate has, the connection is accepted."""
    pair.shake_hands()
    pair.greet()
    again = pair.reconnect()
    again.server_hostname = host
    again.wrap(session=pair.subject.session)
    again.shake_hands()
    assert again.subject.getpeercert(True) == pair.pki.der("server")
    assert again.subject.session_reused or host != "localhost"
    again.greet()


def made_with(pair, name, host="localhost"):
    """A session of a connection to the server `name`, asked for as `host`, under the subject's context as it is."""
    pair.peer.settings.certificate, pair.peer.settings.trust = name, None
    pair.server_hostname = host
    pair.shake_hands()
    pair.greet()
    return pair.subject.session


def nothing(_, __):
    """The context stays as it is."""


def no_names(context, _):
    context.check_hostname = False


def common_names(context, _):
    context.hostname_checks_common_name = True


def no_common_names(context, _):
    context.hostname_checks_common_name = False


def strictness(context, impl):
    context.verify_flags |= impl.VERIFY_X509_STRICT


def no_strictness(context, impl):
    context.verify_flags &= ~impl.VERIFY_X509_STRICT


# The certificate, who is asked for, what is set before and between.
NO_STRICTER = {
    "the_same_address": ("address-only", "127.0.0.1", nothing, nothing),
    "no_host": ("server", "localhost", nothing, no_names),
    "no_address": ("address-only", "127.0.0.1", nothing, no_names),
    "common_names": ("server", "localhost", no_common_names, common_names),
    "no_common_names_as_before": ("server", "localhost", no_common_names, nothing),
    "no_strictness": ("server", "localhost", strictness, no_strictness),
}


@pytest.mark.clause("RFC 8446 4.6.1:resumption-name")
@pytest.mark.roles("client")
@pytest.mark.parametrize("how", NO_STRICTER)
def test_a_session_proves_what_was_asked(pair, impl, how):
    """Where no more is asked than when the session was made, it is resumed."""
    name, host, first, then = NO_STRICTER[how]
    context = pair.subject_context
    first(context, impl)
    session = made_with(pair, name, host)
    then(context, impl)
    again = pair.reconnect()
    again.server_hostname = host
    again.wrap(session=session)
    again.shake_hands()
    assert again.subject.session_reused is True


@pytest.mark.clause("RFC 6066 3:resumption")
@pytest.mark.roles("server")
@pytest.mark.versions("tls12")
def test_a_server_resumes_no_session_under_another_name(pair):
    """A client that asks for another name than its session was made for gets a full handshake.

    A server "MUST NOT accept the request to resume the session if the server_name extension contains a different name".
    TLS 1.3 leaves that to the client (RFC 8446 4.2.11).
    """
    pair.shake_hands()
    pair.greet()
    again = pair.reconnect()
    again.peer.settings.server_hostname = "server.example"
    again.shake_hands()
    assert not again.subject.session_reused


@pytest.mark.clause("RFC 6066 3:resumption")
@pytest.mark.roles("server")
def test_a_server_resumes_a_session_under_its_name(pair):
    """A client that asks for the name that its session was made for is resumed."""
    pair.shake_hands()
    pair.greet()
    again = pair.reconnect()
    again.shake_hands()
    assert again.subject.session_reused
