"""The protocols besides PROTOCOL_TLS_CLIENT and PROTOCOL_TLS_SERVER, and what is deprecated about versions."""

import warnings

import pytest

quiet = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.mark.clause(
    "ssl.SSLContext:protocol-default",
    "ssl.PROTOCOL_TLS:deprecated",
    "What's New 3.10:deprecations",
    "What's New 3.13:still-deprecated",
)
@pytest.mark.since("3.10")
@pytest.mark.parametrize("arguments", [(), ("PROTOCOL_TLS",)], ids=["without", "protocol_tls"])
def test_the_general_protocol_is_deprecated(impl, arguments):
    """SSLContext() is SSLContext(PROTOCOL_TLS), and both warn of deprecation."""
    with pytest.warns(DeprecationWarning, match="deprecated"):
        context = impl.SSLContext(*(getattr(impl, name) for name in arguments))
    assert context.protocol == impl.PROTOCOL_TLS


@pytest.mark.clause("ssl.PROTOCOL_TLS:deprecated")
def test_the_protocols_of_today_are_not(impl):
    """The control: contexts of PROTOCOL_TLS_CLIENT and PROTOCOL_TLS_SERVER are made without a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for protocol in (impl.PROTOCOL_TLS_CLIENT, impl.PROTOCOL_TLS_SERVER):
            assert impl.SSLContext(protocol).protocol is protocol


@pytest.mark.clause("ssl.PROTOCOL_TLS:highest-common", "ssl.CERT_NONE:default-mode", "ssl-security:constructor-default")
@quiet
@pytest.mark.versions
@pytest.mark.parametrize(("theirs", "used"), [("tls13", "TLSv1.3"), ("tls12", "TLSv1.2")], ids=["tls13", "tls12"])
def test_the_general_protocol_serves_both_roles(pair, impl, pki, theirs, used):
    """A context of PROTOCOL_TLS makes clients and servers, and takes the highest version that both ends have."""
    pair.subject_context = impl.SSLContext(impl.PROTOCOL_TLS)
    assert (pair.subject_context.verify_mode, pair.subject_context.check_hostname) == (impl.CERT_NONE, False)
    pair.subject_context.load_cert_chain(*pki["server"])
    pair.peer.settings.versions = ("tls12", theirs)
    pair.shake_hands()
    assert pair.subject.version() == used


@pytest.mark.clause("ssl.PROTOCOL_SSLv23:alias")
def test_the_older_name_is_an_alias(impl):
    """PROTOCOL_SSLv23 is PROTOCOL_TLS."""
    assert impl.PROTOCOL_SSLv23 == impl.PROTOCOL_TLS


@pytest.mark.clause(
    "ssl.PROTOCOL_TLSv1:old-protocol",
    "ssl.PROTOCOL_TLSv1_1:old-protocol",
    "ssl.PROTOCOL_TLSv1_2:deprecated",
    "What's New 3.6:deprecations",
    "What's New 3.10:deprecations",
    "What's New 3.10:old-versions",
    "What's New 3.13:still-deprecated",
)
@pytest.mark.known("graalpython#908")
@pytest.mark.since("3.10")
@pytest.mark.parametrize("protocol", ["PROTOCOL_TLSv1", "PROTOCOL_TLSv1_1", "PROTOCOL_TLSv1_2"], ids=str.lower)
def test_protocols_of_one_version_are_deprecated(impl, protocol):
    """A context of a protocol that has one version only warns of deprecation, or is refused as unsupported."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            assert impl.SSLContext(getattr(impl, protocol)).protocol == getattr(impl, protocol)
        except ValueError:
            assert not getattr(impl, protocol.replace("PROTOCOL", "HAS"))
        else:
            assert getattr(impl, protocol.replace("PROTOCOL", "HAS"), True)
    assert [warning.category for warning in told] == [DeprecationWarning]


@pytest.mark.clause("ssl.PROTOCOL_TLSv1_2:one-version")
@quiet
@pytest.mark.versions
@pytest.mark.parametrize("theirs", ["tls12", "tls13"])
def test_a_protocol_of_one_version_has_no_other(pair, impl, pki, theirs):
    """A context of PROTOCOL_TLSv1_2 agrees on TLS 1.2 with a peer that has 1.3 too, and refuses one of 1.3 alone."""
    pair.subject_context = impl.SSLContext(impl.PROTOCOL_TLSv1_2)
    pair.subject_context.load_cert_chain(*pki["server"])
    pair.peer.settings.versions = (theirs, "tls13")
    if theirs == "tls12":
        pair.shake_hands()
        assert pair.subject.version() == "TLSv1.2"
        return
    with pytest.raises(impl.SSLError):
        pair.shake_hands()


@pytest.mark.clause("ssl.SSLContext.minimum_version:single-version", "ssl.SSLContext.maximum_version:single-version")
@pytest.mark.known("bpo-31453")
@quiet
@pytest.mark.parametrize("bound", ["minimum_version", "maximum_version"])
def test_a_protocol_of_one_version_has_no_bounds(impl, bound):
    """On a context of PROTOCOL_TLSv1_2 neither bound can be set: ValueError."""
    context = impl.SSLContext(impl.PROTOCOL_TLSv1_2)
    with pytest.raises(ValueError):
        setattr(context, bound, impl.TLSVersion.TLSv1_2)


@pytest.mark.clause("ssl.TLSVersion:deprecated", "What's New 3.13:still-deprecated")
@pytest.mark.since("3.10")
@pytest.mark.parametrize("version", ["TLSv1", "TLSv1_1"], ids=str.lower)
def test_bounds_below_tls_1_2_are_deprecated(impl, version):
    """Setting a bound to a version below TLS 1.2 warns of deprecation; TLS 1.2 and 1.3 do not."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    with pytest.warns(DeprecationWarning, match="deprecated"):
        context.minimum_version = getattr(impl.TLSVersion, version)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        context.minimum_version = impl.TLSVersion.TLSv1_2
        context.maximum_version = impl.TLSVersion.TLSv1_3


@pytest.mark.clause(
    "ssl.OP_NO_TLSv1_2:deprecated",
    "ssl.OP_NO_TLSv1_3:deprecated",
    "What's New 3.10:deprecations",
    "What's New 3.10:no-warning-for-defaults",
    "What's New 3.13:still-deprecated",
)
@pytest.mark.since("3.10")
@pytest.mark.parametrize("option", ["OP_NO_TLSv1_2", "OP_NO_TLSv1_3"], ids=str.lower)
def test_options_against_versions_are_deprecated(impl, option):
    """Setting an OP_NO_TLS* option warns of deprecation; other options do not."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    with pytest.warns(DeprecationWarning, match="deprecated"):
        context.options |= getattr(impl, option)
    other = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        other.options |= impl.OP_NO_TICKET | impl.OP_NO_SSLv2 | impl.OP_NO_SSLv3


@pytest.mark.clause(
    "ssl.SSLContext.set_npn_protocols:not-there",
    "ssl.SSLContext.set_npn_protocols:deprecated",
    "What's New 3.10:npn",
    "What's New 3.13:still-deprecated",
)
@pytest.mark.since("3.10")
def test_npn_cannot_be_asked_for(impl):
    """set_npn_protocols() warns of deprecation, and raises NotImplementedError where HAS_NPN is False."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    with pytest.warns(DeprecationWarning, match="NPN"), pytest.raises(NotImplementedError):
        context.set_npn_protocols(["http/1.1"])
