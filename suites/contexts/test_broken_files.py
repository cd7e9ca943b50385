"""Files and data that are broken: what load_cert_chain(), load_verify_locations() and load_dh_params() say of them."""

import base64
import pathlib

import pytest


def pem(label, data):
    """A PEM block."""
    return f"-----BEGIN {label}-----\n{base64.encodebytes(data).decode()}-----END {label}-----\n"


BROKEN = pem("CERTIFICATE", b"no certificate")


def spoiled(text):
    """A PEM text in which something is no base64."""
    return text.replace("M", "!", 3)


@pytest.mark.clause("ssl.SSLContext.load_cert_chain:no-certificate")
@pytest.mark.parametrize("where", ["first", "second"])
def test_a_chain_is_read_whole(impl, pki, tmp_path, where):
    """A certificate of the chain that cannot be read raises SSLError, wherever it stands."""
    path = tmp_path / "chain.pem"
    path.write_text(BROKEN if where == "first" else pki.pem("server") + BROKEN)
    with pytest.raises(impl.SSLError) as caught:
        impl.SSLContext(impl.PROTOCOL_TLS_SERVER).load_cert_chain(path, pki["server"].key)
    assert caught.value.reason is None


def changed_key(pki, change):
    """The key of server, in PEM, with its DER changed."""
    lines = pathlib.Path(pki["server"].key).read_text().split("\n")
    return pem("PRIVATE KEY", change(base64.b64decode("".join(lines[1:-2]))))


ELLIPTIC = bytes.fromhex("06072a8648ce3d0201")


@pytest.mark.clause("ssl.SSLContext.load_cert_chain:key-missing")
@pytest.mark.parametrize(
    "change",
    [
        lambda good: good[:-1],
        lambda good: good.replace(ELLIPTIC, ELLIPTIC[:-1] + b"\x09", 1),
        lambda _: bytes.fromhex("302e020100300506032b656e04220420") + bytes(range(32)),
    ],
    ids=["cut", "of_an_unknown_kind", "that_signs_nothing"],
)
def test_a_key_of_no_use_is_refused(impl, pki, tmp_path, change):
    """A key that cannot be read, is of a kind that nobody knows, or is not for signatures (X25519), raises SSLError."""
    path = tmp_path / "key.pem"
    path.write_text(changed_key(pki, change))
    with pytest.raises(impl.SSLError) as caught:
        impl.SSLContext(impl.PROTOCOL_TLS_SERVER).load_cert_chain(pki["server"].chain, path)
    assert caught.value.reason in (None, "UNKNOWN_CERTIFICATE_TYPE")


@pytest.mark.clause("ssl.SSLContext.load_cert_chain:too-weak")
@pytest.mark.level("observed")
@pytest.mark.parametrize(
    ("name", "reason"), [("weak-rsa", "EE_KEY_TOO_SMALL"), ("weak-issuer", "CA_KEY_TOO_SMALL")], ids=["leaf", "issuer"]
)
def test_a_chain_below_the_security_level_is_refused(impl, pki, name, reason):
    """A key that the context would not accept of others is not presented either."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
    with pytest.raises(impl.SSLError) as caught:
        context.load_cert_chain(*pki[name])
    assert caught.value.reason == reason
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.load_cert_chain(*pki[name])


@pytest.mark.clause("ssl.SSLContext.load_cert_chain:too-weak")
@pytest.mark.level("observed")
@pytest.mark.roles("server")
@pytest.mark.parametrize("level", [0, 2])
def test_a_chain_is_not_shown_above_its_security_level(pair, impl, level):
    """A chain that was loaded at level 0 serves there; once the level is raised it is not shown any more."""
    pair.peer.settings.ciphers = "DEFAULT:@SECLEVEL=0"
    context = pair.subject_context = impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.load_cert_chain(*pair.pki["weak-rsa"])
    context.set_ciphers(f"DEFAULT:@SECLEVEL={level}")
    if not level:
        pair.shake_hands()
        return
    with pytest.raises(impl.SSLError) as caught:
        pair.shake_hands()
    assert caught.value.reason == "EE_KEY_TOO_SMALL"
    assert pair.peer.alert_seen == "internal_error"


@pytest.mark.clause("ssl.SSLContext.load_cert_chain:paths")
@pytest.mark.parametrize(
    "arguments", [lambda _: (5,), lambda pki: (pki["server"].chain, 5)], ids=["certfile", "keyfile"]
)
def test_a_number_is_no_path(impl, pki, arguments):
    """What is no path raises TypeError, a number too, which open() would take for a descriptor."""
    with pytest.raises(TypeError) as caught:
        impl.SSLContext(impl.PROTOCOL_TLS_SERVER).load_cert_chain(*arguments(pki))
    assert "path" in str(caught.value)


@pytest.mark.clause("ssl.SSLContext.load_cert_chain:password-length")
@pytest.mark.level("observed")
@pytest.mark.parametrize("form", ["given", "asked"])
def test_a_password_has_an_end(impl, pki, form):
    """A password of more than 1024 bytes raises ValueError; one of 1024 is tried."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
    for length, error in ((1025, ValueError), (1024, impl.SSLError)):
        password = "x" * length
        with pytest.raises(error):
            context.load_cert_chain(*pki["encrypted"], password=password if form == "given" else lambda p=password: p)


@pytest.mark.clause("ssl.SSLContext.load_verify_locations:no-certificate")
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (lambda _: "nothing", "NO_CERTIFICATE_OR_CRL_FOUND"),
        (lambda _: BROKEN, None),
        (lambda pki: spoiled(pki.pem("root")), None),
    ],
    ids=["nothing", "no_certificate", "no_base64"],
)
def test_a_file_without_anything_to_trust_is_refused(impl, pki, tmp_path, text, reason):
    """A cafile in which there is no certificate that can be read raises SSLError."""
    path = tmp_path / "ca.pem"
    path.write_text(text(pki))
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    with pytest.raises(impl.SSLError) as caught:
        context.load_verify_locations(path)
    assert caught.value.reason == reason
    assert context.cert_store_stats()["x509"] == 0


@pytest.mark.clause("ssl.SSLContext.load_verify_locations:no-certificate")
@pytest.mark.parametrize(
    ("behind", "reason"),
    [(lambda _: BROKEN, None), (lambda pki: spoiled(pki.pem("root")), "BAD_BASE64_DECODE")],
    ids=["no_certificate", "no_base64"],
)
def test_text_is_read_to_its_end(impl, pki, behind, reason):
    """cadata whose second certificate cannot be read raises SSLError; the first is trusted from then on."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    with pytest.raises(impl.SSLError) as caught:
        context.load_verify_locations(cadata=pki.pem("root") + behind(pki))
    assert caught.value.reason == reason
    assert context.cert_store_stats()["x509"] == 1


@pytest.mark.clause("ssl.SSLContext.load_verify_locations:no-certificate")
def test_octets_are_read_to_their_end(impl, pki):
    """The same holds for cadata in DER."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    with pytest.raises(impl.SSLError) as caught:
        context.load_verify_locations(cadata=pki.der("root") + b"no certificate")
    assert caught.value.reason == "NOT_ENOUGH_DATA"
    assert context.cert_store_stats()["x509"] == 1


@pytest.mark.clause("ssl.SSLContext.load_verify_locations:cadata")
@pytest.mark.parametrize("wrong", ["\N{LATIN SMALL LETTER A WITH DIAERESIS}", 5, ["x"]], ids=["text", "number", "list"])
def test_data_is_ascii_or_octets(impl, wrong):
    """cadata that is neither text in ASCII nor octets raises TypeError."""
    with pytest.raises(TypeError) as caught:
        impl.SSLContext(impl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=wrong)
    assert "cadata" in str(caught.value)


@pytest.mark.clause("ssl.SSLContext.load_verify_locations:capath")
@pytest.mark.level("observed")
def test_a_directory_has_a_name(impl):
    """A capath of no characters raises SSLError."""
    with pytest.raises(impl.SSLError) as caught:
        impl.SSLContext(impl.PROTOCOL_TLS_CLIENT).load_verify_locations(capath="")
    assert caught.value.reason == "INVALID_DIRECTORY"


PRIME, TOO_SMALL, EVEN = (1 << 2047) | 1, (1 << 1023) | 1, 1 << 2047  # nobody looks whether it is prime


def element(tag, content):
    """One DER element."""
    size = len(content)
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag,)) + (bytes((size,)) if size < 128 else bytes((0x80 | len(octets),)) + octets) + content


def parameters(*numbers):
    """Diffie-Hellman parameters, PKCS #3: a SEQUENCE of INTEGERs."""
    integers = [element(2, number.to_bytes(number.bit_length() // 8 + 1, "big")) for number in numbers]
    return pem("DH PARAMETERS", element(0x30, b"".join(integers)))


DH = {
    "no_parameters": ("nothing", "NO_START_LINE"),
    "no_end": (parameters(PRIME, 2).partition("-----END")[0], "BAD_END_LINE"),
    "no_base64": (parameters(PRIME, 2).replace("PARAMETERS-----\n", "PARAMETERS-----\n!!!!\n", 1), "BAD_BASE64_DECODE"),
    "empty": (pem("DH PARAMETERS", b""), None),
    "no_sequence": (pem("DH PARAMETERS", b"no parameters"), None),
    "no_generator": (parameters(PRIME), None),
    "four_numbers": (parameters(PRIME, 2, 1024, 3), None),
    "too_small": (parameters(TOO_SMALL, 2), "DH_KEY_TOO_SMALL"),
    "short_exponent": (parameters(PRIME, 2, 100), "DH_KEY_TOO_SMALL"),
    "even": (parameters(EVEN, 2), None),
    "generator_of_nothing": (parameters(PRIME, 1), None),
}


@pytest.mark.clause("ssl.SSLContext.load_dh_params:sound")
@pytest.mark.level("observed")
@pytest.mark.parametrize("what", DH)
def test_parameters_that_are_not_sound_are_refused(impl, tmp_path, what):
    """load_dh_params() refuses parameters that cannot be read, are too weak or lead to what anyone knows: SSLError."""
    text, reason = DH[what]
    path = tmp_path / "dh.pem"
    path.write_text(text)
    with pytest.raises(impl.SSLError) as caught:
        impl.SSLContext(impl.PROTOCOL_TLS_SERVER).load_dh_params(path)
    assert caught.value.reason == reason


@pytest.mark.clause("ssl.SSLContext.load_dh_params:file")
def test_parameters_that_are_sound_are_loaded(impl, pki, tmp_path):
    """The same parameters with nothing wrong are loaded; nobody asks whether the prime is one."""
    path = tmp_path / "dh.pem"
    path.write_text(parameters(PRIME, 2))
    for each in (path, pathlib.Path(pki.authority("dh-parameters"))):
        impl.SSLContext(impl.PROTOCOL_TLS_SERVER).load_dh_params(each)
