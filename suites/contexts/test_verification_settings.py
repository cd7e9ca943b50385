"""check_hostname and verify_mode hold each other up, and both act."""

import pytest

SETTINGS = (
    *("check_hostname", "hostname_checks_common_name", "keylog_filename", "maximum_version", "minimum_version"),
    *("num_tickets", "options", "post_handshake_auth", "sni_callback", "verify_flags", "verify_mode"),
)


@pytest.mark.clause("ssl.SSLContext.check_hostname:keeps-verification")
def test_verification_cannot_go_while_names_are_checked(impl):
    """Setting CERT_NONE while check_hostname is on raises ValueError, and changes nothing."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    with pytest.raises(ValueError):
        context.verify_mode = impl.CERT_NONE
    assert context.verify_mode is impl.CERT_REQUIRED


@pytest.mark.clause("ssl.SSLContext.check_hostname:needs-verification")
@pytest.mark.known("wolfssl-py#57")
def test_checking_names_turns_verification_on(impl):
    """Setting check_hostname while verify_mode is CERT_NONE makes it CERT_REQUIRED."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = impl.CERT_NONE
    context.check_hostname = True
    assert context.verify_mode is impl.CERT_REQUIRED


@pytest.mark.clause("ssl.SSLContext.check_hostname:optional-goes")
def test_optional_verification_goes_with_names(impl):
    """CERT_OPTIONAL may stand beside check_hostname."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    context.verify_mode = impl.CERT_OPTIONAL
    assert context.check_hostname is True
    assert context.verify_mode is impl.CERT_OPTIONAL


@pytest.mark.clause("ssl.SSLContext.check_hostname:truth-value")
def test_check_hostname_is_a_truth_value(impl):
    """check_hostname takes any object for its truth, and gives a bool."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = []
    assert context.check_hostname is False
    context.check_hostname = 1
    assert context.check_hostname is True


@pytest.mark.clause("ssl.SSLContext.verify_mode:modes")
@pytest.mark.parametrize("wrong", [-1, 3, 99], ids=["negative", "three", "large"])
def test_there_are_three_verify_modes(impl, wrong):
    """A number that is no VerifyMode is refused with ValueError."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
    with pytest.raises(ValueError):
        context.verify_mode = wrong
    assert context.verify_mode is impl.CERT_NONE


@pytest.mark.clause("ssl.SSLContext:no-deleters")
@pytest.mark.known("gh-156099")
@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_cannot_be_deleted(impl, name):
    """The settings of a context have no deleter."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
    with pytest.raises((AttributeError, TypeError)):
        delattr(context, name)


@pytest.mark.clause("ssl.CERT_NONE:client-takes-anything", "ssl.SSLContext.verify_mode:observable")
@pytest.mark.roles("client")
def test_cert_none_accepts_a_stranger(pair, impl):
    """With CERT_NONE a client connects to a server whose certificate nobody vouches for."""
    pair.peer.settings.certificate = "other-server"
    pair.subject_context.check_hostname = False
    pair.subject_context.verify_mode = impl.CERT_NONE
    pair.shake_hands()
    pair.greet()


@pytest.mark.clause("ssl.CERT_REQUIRED:invalid-raises", "ssl.SSLContext.verify_mode:observable")
@pytest.mark.roles("client")
def test_cert_required_refuses_a_stranger(pair, impl):
    """With CERT_REQUIRED, the default, the same server is refused."""
    pair.peer.settings.certificate = "other-server"
    pair.subject_context.check_hostname = False
    with pytest.raises(impl.SSLCertVerificationError):
        pair.shake_hands()


@pytest.mark.clause("ssl.CERT_REQUIRED:not-the-name", "ssl.SSLContext.check_hostname:observable")
@pytest.mark.roles("client")
def test_without_check_hostname_another_name_will_do(pair):
    """With check_hostname off a trusted certificate is accepted whatever its name."""
    pair.server_hostname = "elsewhere.example"
    pair.subject_context.check_hostname = False
    pair.shake_hands()
    pair.greet()


@pytest.mark.clause("ssl.SSLContext.check_hostname:compares", "ssl.SSLContext.check_hostname:observable")
@pytest.mark.roles("client")
def test_with_check_hostname_it_will_not(pair, impl):
    """With check_hostname on, the same certificate under another name is refused."""
    pair.server_hostname = "elsewhere.example"
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 62
