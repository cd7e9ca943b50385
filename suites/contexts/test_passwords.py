"""load_cert_chain() of keys under a password: how the password is given, and when it is asked for."""

import pytest

PASSWORD = "open sesame"
ENCRYPTED = ("encrypted", "encrypted-traditional")


def given(form, password=PASSWORD):
    """The password in one of the forms that the argument may have."""
    encoded = password.encode()
    forms = {"str": password, "bytes": encoded, "bytearray": bytearray(encoded)}
    forms |= {f"function_{name}": (lambda value=value: value) for name, value in forms.items()}
    return forms[form]


@pytest.mark.clause("ssl.SSLContext.load_cert_chain:password-forms", "ssl.SSLContext.load_cert_chain:password-function")
@pytest.mark.roles("server")
@pytest.mark.versions("tls13")
@pytest.mark.parametrize("name", ENCRYPTED)
@pytest.mark.parametrize("form", ["str", "bytes", "bytearray", "function_str", "function_bytes", "function_bytearray"])
def test_a_password_has_many_forms(pair, pki, name, form):
    """A key under a password is loaded with it as str, bytes or bytearray, given or returned by a function."""
    pair.subject_context.load_cert_chain(*pki[name], password=given(form))
    pair.shake_hands()


@pytest.mark.clause("ssl.SSLContext.load_cert_chain:password-forms")
@pytest.mark.parametrize("form", ["str", "function_str"])
def test_text_is_taken_as_utf_8(impl, pki, form):
    """A password that is text stands for its bytes in UTF-8."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*pki["encrypted-utf-8"], password=given(form, "\u00f6ffne dich"))
    with pytest.raises(impl.SSLError):
        context.load_cert_chain(*pki["encrypted-utf-8"], password="\u00f6ffne dich".encode("latin-1"))


@pytest.mark.clause("ssl.SSLContext.load_cert_chain:password-wrong")
@pytest.mark.level("observed")
@pytest.mark.parametrize("name", ENCRYPTED)
def test_a_wrong_password_is_an_sslerror(impl, pki, name):
    """A key under another password raises SSLError."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
    with pytest.raises(impl.SSLError):
        context.load_cert_chain(*pki[name], password="close sesame")


@pytest.mark.clause(
    "ssl.SSLContext.load_cert_chain:password-ignored", "ssl.SSLContext.load_cert_chain:password-function"
)
@pytest.mark.parametrize("name", ["server", "traditional", "traditional-rsa"])
def test_a_needless_password_is_ignored(impl, pki, name):
    """For a key that is not encrypted a password does no harm, and a function is not called."""
    called = []
    context = impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*pki[name], password=lambda: called.append(1) or PASSWORD)
    context.load_cert_chain(*pki[name], password=PASSWORD)
    assert called == []


@pytest.mark.clause("ssl.SSLContext.load_cert_chain:password-function")
@pytest.mark.parametrize("name", ENCRYPTED)
def test_a_function_is_called_once_without_arguments(impl, pki, name):
    """A function is asked for the password once, and told nothing."""
    called = []

    def ask(*arguments, **options):
        called.append((arguments, options))
        return PASSWORD

    impl.SSLContext(impl.PROTOCOL_TLS_SERVER).load_cert_chain(*pki[name], password=ask)
    assert called == [((), {})]


@pytest.mark.clause("ssl.SSLContext.load_cert_chain:password-function")
def test_what_a_function_raises_is_raised(impl, pki):
    """An exception in the function leaves load_cert_chain() as it is."""

    def ask():
        raise LookupError("nobody knows")

    with pytest.raises(LookupError):
        impl.SSLContext(impl.PROTOCOL_TLS_SERVER).load_cert_chain(*pki["encrypted"], password=ask)


@pytest.mark.clause("ssl.SSLContext.load_cert_chain:password-type")
@pytest.mark.level("observed")
@pytest.mark.parametrize("wrong", [5, lambda: 5, lambda: None], ids=["number", "returns_number", "returns_none"])
def test_what_is_no_password_is_a_type_error(impl, pki, wrong):
    """A password, or the answer of a function, that is neither text nor bytes raises TypeError."""
    with pytest.raises(TypeError):
        impl.SSLContext(impl.PROTOCOL_TLS_SERVER).load_cert_chain(*pki["encrypted"], password=wrong)
