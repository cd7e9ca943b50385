"""_create_unverified_context and its other names: what mail and FTP clients make contexts with."""

import pytest

pytestmark = pytest.mark.level("observed")


@pytest.mark.clause("ssl._create_unverified_context:verifies-nothing")
@pytest.mark.roles("client")
def test_a_context_that_verifies_nothing(pair, impl):
    """_create_unverified_context() gives a client's context that accepts a stranger's certificate under any name."""
    context = impl._create_unverified_context()
    assert context.protocol is impl.PROTOCOL_TLS_CLIENT
    assert context.verify_mode is impl.CERT_NONE
    assert context.check_hostname is False
    pair.subject_context = context
    pair.peer.settings.certificate = "self-signed"
    pair.server_hostname = "another.example"
    pair.shake_hands()
    assert pair.subject.getpeercert() == {}


@pytest.mark.clause("ssl._create_unverified_context:told-to-verify")
@pytest.mark.roles("client")
def test_a_context_that_is_told_to_verify(pair, impl):
    """With cert_reqs=CERT_REQUIRED the same function gives one that refuses a stranger's certificate."""
    pair.subject_context = impl._create_unverified_context(cert_reqs=impl.CERT_REQUIRED, cafile=pair.pki.authority())
    pair.peer.settings.certificate = "self-signed"
    with pytest.raises(impl.SSLCertVerificationError):
        pair.shake_hands()


@pytest.mark.clause("ssl._create_unverified_context:told-to-verify")
@pytest.mark.roles("client")
@pytest.mark.parametrize(("name", "refused"), [("localhost", False), ("another.example", True)], ids=["same", "other"])
def test_check_hostname_wants_the_name(pair, impl, name, refused):
    """With check_hostname=True as well the certificate has to be the named host's."""
    pair.subject_context = impl._create_unverified_context(
        cert_reqs=impl.CERT_REQUIRED, check_hostname=True, cafile=pair.pki.authority()
    )
    pair.server_hostname = name
    if refused:
        with pytest.raises(impl.SSLCertVerificationError):
            pair.shake_hands()
    else:
        pair.shake_hands()


@pytest.mark.clause("ssl._create_unverified_context:told-to-verify")
def test_check_hostname_alone_is_refused(impl):
    """check_hostname=True without cert_reqs, which is CERT_NONE then, raises ValueError."""
    with pytest.raises(ValueError):
        impl._create_unverified_context(check_hostname=True)


@pytest.mark.clause("ssl._create_unverified_context:purposes", "ssl._create_unverified_context:loads")
@pytest.mark.roles("server")
def test_a_context_that_serves(pair, impl):
    """purpose=CLIENT_AUTH gives a server's context, and certfile and keyfile its certificate."""
    chain, key = pair.pki["server"]
    context = impl._create_unverified_context(purpose=impl.Purpose.CLIENT_AUTH, certfile=chain, keyfile=key)
    assert context.protocol is impl.PROTOCOL_TLS_SERVER
    pair.subject_context = context
    pair.shake_hands()
    assert pair.peer.seen.certificate == pair.pki.der("server")


@pytest.mark.clause("ssl._create_unverified_context:purposes")
def test_a_protocol_may_come_first(impl):
    """The protocol is the only argument by position, and goes before the purpose."""
    assert impl._create_unverified_context(impl.PROTOCOL_TLS_SERVER).protocol is impl.PROTOCOL_TLS_SERVER
    with pytest.raises(TypeError):
        impl._create_unverified_context(impl.PROTOCOL_TLS_SERVER, impl.CERT_NONE)
    with pytest.raises(TypeError):
        impl._create_unverified_context(purpose="serverAuth")


@pytest.mark.clause("ssl._create_unverified_context:loads")
def test_a_key_needs_its_certificate(impl, pki):
    """keyfile without certfile raises ValueError."""
    with pytest.raises(ValueError):
        impl._create_unverified_context(keyfile=pki["server"].key)


@pytest.mark.clause("ssl._create_unverified_context:stdlib")
def test_the_other_names(impl):
    """_create_stdlib_context is the same function, and _create_default_https_context is create_default_context."""
    assert impl._create_stdlib_context is impl._create_unverified_context
    assert impl._create_default_https_context is impl.create_default_context
