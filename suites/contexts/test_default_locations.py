"""The system's authorities: load_default_certs(), set_default_verify_paths(), and where they come from.

What a system trusts by itself differs; SSL_CERT_FILE and SSL_CERT_DIR put the suite's own authorities in its place.
"""

import os

import pytest

pytestmark = [pytest.mark.roles("client"), pytest.mark.deliveries("whole"), pytest.mark.versions("tls13")]

LOADERS = ("load_default_certs", "set_default_verify_paths")


@pytest.fixture
def system(monkeypatch, tmp_path):
    """A function that makes the system trust a file and a directory; nothing, where they are not given."""
    empty = tmp_path / "empty"
    empty.mkdir()

    def trusts(file=None, directory=None):
        monkeypatch.setenv("SSL_CERT_FILE", file or str(tmp_path / "missing.pem"))
        monkeypatch.setenv("SSL_CERT_DIR", directory or str(empty))

    return trusts


@pytest.mark.clause(
    "ssl.SSLContext.load_default_certs:default-paths",
    "ssl.SSLContext.load_default_certs:observable",
    "ssl.SSLContext.set_default_verify_paths:loads",
    "ssl.SSLContext.set_default_verify_paths:observable",
    "ssl.get_default_verify_paths:same-paths",
)
@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize("place", ["file", "directory"])
def test_the_systems_authorities_are_trusted_once_loaded(pair, impl, pki, system, loader, place):
    """A server of an authority that the system trusts is refused before they are loaded, and accepted afterwards.

    get_default_verify_paths() names the places from which they are loaded.
    """
    where = {"file": pki.authority(), "directory": pki.path("hashed")}[place]
    system(**{place: where})
    paths = impl.get_default_verify_paths()
    assert {"file": paths.cafile, "directory": paths.capath}[place] == where
    pair.subject_context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    with pytest.raises(impl.SSLCertVerificationError):
        pair.shake_hands()
    getattr(pair.subject_context, loader)()
    pair.reconnect().shake_hands()


@pytest.mark.clause("ssl.SSLContext.load_default_certs:observable")
@pytest.mark.parametrize("loader", LOADERS)
def test_whom_the_system_does_not_trust_is_refused(pair, impl, pki, system, loader):
    """A server of another authority than the system's is refused with the system's authorities loaded."""
    system(file=pki.authority("other-root"))
    pair.subject_context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    getattr(pair.subject_context, loader)()
    with pytest.raises(impl.SSLCertVerificationError):
        pair.shake_hands()


@pytest.mark.clause("ssl.create_default_context:system-authorities")
def test_a_default_context_trusts_whom_the_system_trusts(pair, impl, pki, system):
    """create_default_context() without authorities has those of the system, with some it has those alone."""
    system(file=pki.authority())
    pair.subject_context = impl.create_default_context()
    pair.shake_hands()
    with pytest.raises(impl.SSLCertVerificationError):
        pair.reconnect(context=impl.create_default_context(cafile=pki.authority("other-root"))).shake_hands()


@pytest.mark.clause("ssl.SSLContext.set_default_verify_paths:silent")
def test_a_system_that_trusts_nobody_is_no_error(impl, system):
    """Where there are no authorities to load, nothing is raised and nothing is loaded."""
    system()
    assert not os.path.exists(os.environ["SSL_CERT_FILE"])
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    context.set_default_verify_paths()
    context.load_default_certs()
    assert context.cert_store_stats() == {"crl": 0, "x509_ca": 0, "x509": 0}


@pytest.mark.clause("ssl.SSLContext.load_default_certs:purpose")
@pytest.mark.roles("server")
def test_authorities_for_clients_judge_clients(pair, impl, pki, system):
    """load_default_certs(Purpose.CLIENT_AUTH) loads authorities by which a server judges its clients.

    Where the system does not say what its authorities are for, that they are for servers excludes nobody.
    """
    system(file=pki.authority())
    pair.peer.settings.certificate = "client"
    pair.subject_context.verify_mode = impl.CERT_REQUIRED
    with pytest.raises(impl.SSLCertVerificationError):
        pair.shake_hands()
    second = pair.reconnect()
    second.subject_context.load_default_certs(impl.Purpose.CLIENT_AUTH)
    second.shake_hands()


@pytest.mark.clause("ssl.SSLContext.load_default_certs:purpose-only")
@pytest.mark.level("observed")
def test_a_purpose_that_is_none_is_a_type_error(impl):
    """load_default_certs() of anything but a Purpose raises TypeError."""
    with pytest.raises(TypeError):
        impl.SSLContext(impl.PROTOCOL_TLS_CLIENT).load_default_certs("serverAuth")
