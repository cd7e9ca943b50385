"""Settings that change between two connections of one context: the second one goes by what they are then."""

import pytest

client, server = pytest.mark.roles("client"), pytest.mark.roles("server")
pytestmark = [pytest.mark.deliveries("whole")]


def set_maximum(context, impl):
    context.maximum_version = impl.TLSVersion.TLSv1_2


def set_option(context, impl):
    context.options |= impl.OP_NO_TLSv1_3


@pytest.mark.clause("ssl.SSLContext.options:observable", "ssl.SSLContext.maximum_version:observable")
@pytest.mark.versions
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("change", [set_maximum, set_option], ids=["maximum_version", "options"])
def test_another_version(pair, impl, change):
    """A bound that is set after a connection has been made holds for the next."""
    pair.subject_context.minimum_version = impl.TLSVersion.TLSv1_2
    pair.shake_hands()
    assert pair.subject.version() == "TLSv1.3"
    change(pair.subject_context, impl)
    second = pair.reconnect()
    second.shake_hands()
    assert second.subject.version() == "TLSv1.2"


@pytest.mark.clause("ssl.SSLContext.minimum_version:observable")
@pytest.mark.versions
def test_no_old_version_any_more(pair, impl):
    """A lower bound that is set after a connection has been made holds for the next."""
    pair.peer.settings.versions = ("tls12", "tls12")
    pair.subject_context.minimum_version = impl.TLSVersion.TLSv1_2
    pair.shake_hands()
    pair.subject_context.minimum_version = impl.TLSVersion.TLSv1_3
    with pytest.raises(impl.SSLError):
        pair.reconnect().shake_hands()


@pytest.mark.clause("ssl.SSLContext.hostname_checks_common_name:observable")
@client
def test_no_common_names_any_more(pair, impl):
    """A common name that was good enough for one connection is not for the next, when it has been said so."""
    pair.subject_context.check_hostname = True
    pair.peer.settings.certificate, pair.peer.settings.trust = "cn-only", None
    pair.shake_hands()
    pair.subject_context.hostname_checks_common_name = False
    with pytest.raises(impl.SSLCertVerificationError):
        pair.reconnect().shake_hands()


@pytest.mark.clause("ssl.SSLContext.verify_flags:observable", "ssl.SSLContext.set_ciphers:chosen-in-use")
@client
@pytest.mark.parametrize("chosen", [True, False], ids=["ciphers_chosen", "default_ciphers"])
def test_flags_stay_where_ciphers_are_chosen(pair, impl, chosen):
    """Whether ciphers are chosen or not, a list of revoked certificates that is asked for has to be there."""
    if chosen:
        pair.subject_context.set_ciphers("ECDHE+AESGCM")
    pair.shake_hands()
    pair.subject_context.verify_flags |= impl.VERIFY_CRL_CHECK_LEAF
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.reconnect().shake_hands()
    assert caught.value.verify_code == 3


@pytest.mark.clause("ssl.SSLContext.keylog_filename:observable")
@pytest.mark.since("3.8")
def test_a_key_log_that_is_begun(pair, tmp_path):
    """Secrets are logged from the connection on that follows; None ends it."""
    path = tmp_path / "keys"
    pair.subject_context.check_hostname = pair.subject_context.check_hostname
    pair.shake_hands()
    pair.subject_context.keylog_filename = str(path)
    pair.reconnect().shake_hands()
    written = path.read_bytes()
    assert b"CLIENT_" in written
    pair.subject_context.keylog_filename = None
    pair.reconnect().shake_hands()
    assert path.read_bytes() == written


@pytest.mark.clause("ssl.SSLContext.post_handshake_auth:observable")
@client
@pytest.mark.versions("tls13")
@pytest.mark.since("3.14")
@pytest.mark.feature("HAS_PHA")
def test_a_client_that_may_be_asked_from_now_on(pair):
    """Post-handshake authentication is offered from the connection on that follows."""
    pair.subject_context.load_cert_chain(*pair.pki["client"])
    pair.peer.settings.post_handshake_auth = True
    pair.peer.settings.verify_client = "required"
    pair.shake_hands()
    pair.subject_context.post_handshake_auth = True
    second = pair.reconnect()
    second.shake_hands()
    second.peer.request_certificate()
    second.peer.send(b"?")
    assert second.read(1) == b"?"
    second.drive(second.subject.write, b"!")
    assert second.peer.receive(1) == b"!"


@pytest.mark.clause("ssl.SSLContext.load_dh_params:observable")
@server
@pytest.mark.versions("tls12")
def test_parameters_that_are_loaded_later(pair, impl, pki):
    """A server that had no parameters for a finite field has them when they have been loaded."""
    pair.subject_context.load_cert_chain(*pki["rsa"])
    pair.subject_context.set_ciphers("DHE-RSA-AES128-GCM-SHA256")
    pair.peer.settings.ciphers = "DHE-RSA-AES128-GCM-SHA256"
    with pytest.raises(impl.SSLError):
        pair.shake_hands()
    pair.subject_context.load_dh_params(pki.path("dh-parameters.pem"))
    second = pair.reconnect()
    second.shake_hands()
    second.greet()


@pytest.mark.clause("ssl.SSLContext.load_verify_locations:observable")
@server
def test_an_intermediate_that_is_loaded_later(pair, impl, pki):
    """A server that could not send its chain can when the intermediate has been loaded."""
    pair.subject_context = impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
    pair.subject_context.load_cert_chain(*pki["no-intermediate"])
    pair.peer.settings.trust = "root"
    with pytest.raises(impl.SSLError):
        pair.shake_hands()
    pair.subject_context.load_verify_locations(pki.authority("intermediate"))
    pair.reconnect().shake_hands()


KEY = ("subject", b"0123456789abcdef0123456789abcdef")


@pytest.mark.clause(
    "ssl.SSLContext.set_psk_client_callback:observable", "ssl.SSLContext.set_psk_server_callback:observable"
)
@pytest.mark.versions("tls12")
@pytest.mark.since("3.13")
@pytest.mark.feature("HAS_PSK")
def test_a_key_that_is_known_later(pair, impl):
    """A pre-shared key counts from the connection on that follows, and until its callback is taken away."""
    context = pair.subject_context
    context.set_ciphers("PSK-AES128-GCM-SHA256")
    pair.peer.settings.ciphers, pair.peer.settings.psk = "PSK-AES128-GCM-SHA256", KEY
    with pytest.raises(impl.SSLError):
        pair.shake_hands()
    if pair.server_side:
        context.set_psk_server_callback(lambda _: KEY[1])
    else:
        context.set_psk_client_callback(lambda _: KEY)
    pair.reconnect().shake_hands()
    if pair.server_side:
        context.set_psk_server_callback(None)
    else:
        context.set_psk_client_callback(None)
    with pytest.raises(impl.SSLError):
        pair.reconnect().shake_hands()
