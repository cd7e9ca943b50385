"""DER_cert_to_PEM_cert() and PEM_cert_to_DER_cert()."""

import pathlib
import socket

import pytest


@pytest.mark.clause("ssl.DER_cert_to_PEM_cert:same-certificate", "ssl.PEM_cert_to_DER_cert:same-certificate")
def test_there_and_back_again(impl, pki):
    """A certificate turned into PEM and back is the same bytes."""
    der = pki.der("server")
    assert impl.PEM_cert_to_DER_cert(impl.DER_cert_to_PEM_cert(der)) == der


@pytest.mark.clause("ssl.DER_cert_to_PEM_cert:same-certificate", "RFC 7468 5.1:frame", "RFC 7468 5.1:lines")
def test_pem_has_header_footer_and_lines(impl, pki):
    """The PEM form begins and ends with its lines, holds no line longer than 64, and ends with a newline."""
    text = impl.DER_cert_to_PEM_cert(pki.der("server"))
    lines = text.split("\n")
    assert lines[0] == impl.PEM_HEADER == "-----BEGIN CERTIFICATE-----"
    assert lines[-2:] == [impl.PEM_FOOTER, ""]
    assert {len(line) for line in lines[1:-3]} == {64}
    assert 0 < len(lines[-3]) <= 64


@pytest.mark.clause("ssl.PEM_cert_to_DER_cert:same-certificate")
def test_a_file_of_one_certificate_is_read(impl, pki):
    """What stands in a PEM file of one certificate is what DER says."""
    text = pathlib.Path(pki.authority()).read_text(encoding="ascii")
    assert impl.PEM_cert_to_DER_cert(text) == pki.der("root")


@pytest.mark.clause("ssl.DER_cert_to_PEM_cert:any-bytes")
@pytest.mark.level("observed")
@pytest.mark.parametrize("size", [0, 1, 47, 48, 49])
def test_any_bytes_can_be_wrapped(impl, size):
    """The bytes are not looked into."""
    data = bytes(range(size))
    assert impl.PEM_cert_to_DER_cert(impl.DER_cert_to_PEM_cert(data)) == data


@pytest.mark.clause("ssl.PEM_cert_to_DER_cert:frame-needed", "RFC 7468 5.1:frame")
@pytest.mark.parametrize(
    "cut",
    [lambda text: text[5:], lambda text: text.rstrip()[:-5], lambda _: "", lambda text: text.split("\n")[1]],
    ids=["header", "footer", "empty", "body_alone"],
)
def test_a_damaged_frame_is_refused(impl, pki, cut):
    """Text without the header or the footer raises ValueError."""
    text = impl.DER_cert_to_PEM_cert(pki.der("server"))
    with pytest.raises(ValueError):
        impl.PEM_cert_to_DER_cert(cut(text))


@pytest.mark.clause("ssl.PEM_HEADER:frame")
@pytest.mark.level("observed")
def test_the_lines_of_the_frame_have_names(impl, pki):
    """PEM_HEADER and PEM_FOOTER are the first and the last line of a certificate in PEM."""
    lines = impl.DER_cert_to_PEM_cert(pki.der("server")).splitlines()
    assert (lines[0], lines[-1]) == (impl.PEM_HEADER, impl.PEM_FOOTER)


@pytest.mark.clause("ssl.create_connection:sockets-own", "ssl.SOCK_STREAM:sockets-own")
@pytest.mark.level("observed")
@pytest.mark.parametrize("name", ["create_connection", "SOCK_STREAM", "SOL_SOCKET", "SO_TYPE"], ids=str.lower)
def test_some_names_are_those_of_the_socket_module(impl, name):
    """Names of the socket module that libraries import from here are the same objects."""
    assert getattr(impl, name) is getattr(socket, name)
