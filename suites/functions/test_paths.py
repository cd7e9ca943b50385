"""get_default_verify_paths(), and the names of protocols."""

import os

import pytest


@pytest.mark.clause("ssl.get_default_verify_paths:named-tuple")
def test_the_default_paths_have_names(impl):
    """The six fields are cafile, capath and what OpenSSL would use: variables and compiled-in paths."""
    paths = impl.get_default_verify_paths()
    assert isinstance(paths, impl.DefaultVerifyPaths)
    assert paths._fields == (
        "cafile",
        "capath",
        "openssl_cafile_env",
        "openssl_cafile",
        "openssl_capath_env",
        "openssl_capath",
    )
    assert (paths.openssl_cafile_env, paths.openssl_capath_env) == ("SSL_CERT_FILE", "SSL_CERT_DIR")


@pytest.mark.clause("ssl.get_default_verify_paths:existing-or-none")
def test_what_is_not_there_is_none(impl):
    """cafile and capath are paths that exist, or None."""
    paths = impl.get_default_verify_paths()
    assert paths.cafile is None or os.path.isfile(paths.cafile)
    assert paths.capath is None or os.path.isdir(paths.capath)


@pytest.mark.clause("ssl.get_default_verify_paths:environment")
def test_the_environment_leads(impl, pki):
    """SSL_CERT_FILE and SSL_CERT_DIR name other paths."""
    names = {"SSL_CERT_FILE": pki.authority(), "SSL_CERT_DIR": os.path.dirname(pki.authority())}
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(names)
    try:
        paths = impl.get_default_verify_paths()
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value
    assert (paths.cafile, paths.capath) == (names["SSL_CERT_FILE"], names["SSL_CERT_DIR"])


@pytest.mark.clause("ssl.get_protocol_name:name")
@pytest.mark.level("observed")
def test_protocols_have_names(impl):
    """get_protocol_name() gives the constant's name without its prefix, and <unknown> for what is none."""
    assert impl.get_protocol_name(impl.PROTOCOL_TLS_CLIENT) == "PROTOCOL_TLS_CLIENT"
    assert impl.get_protocol_name(99) == "<unknown>"
