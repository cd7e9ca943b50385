"""``load_verify_locations()`` over texts and octets of every kind, beside the running interpreter's own.

Only one thing is meant to be different: a file with one bad certificate loads the others, where OpenSSL loads none.
"""

from __future__ import annotations

import ssl
import threading
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import refssl
from selftests import x509_forge as forge
from selftests.x509_chains import LEAF, ROOT, ROOT_NAME, I, R

CERTIFICATE = forge.pem(R)
BEGIN = "-----BEGIN CERTIFICATE-----\n"
SETTINGS = forge.sequence(forge.sequence(forge.oid(forge.PURPOSES["server"])))
GOOD = {
    "certificate": CERTIFICATE,
    "old label": forge.pem(R, "X509 CERTIFICATE"),
    "one long line": CERTIFICATE.replace("\n", "").replace("-----M", "-----\nM").replace("-----END", "\n-----END"),
    "carriage returns": CERTIFICATE.replace("\n", "\r\n"),
    "white space at the end of a line": CERTIFICATE.replace("-----\n", "----- \n"),
    "no newline at the end": CERTIFICATE.rstrip("\n"),
    "octets after the certificate": forge.pem(R + b"x"),
}
PASSED_OVER = {
    "trusted": forge.pem(R + SETTINGS, "TRUSTED CERTIFICATE"),
    "trusted without settings": forge.pem(R, "TRUSTED CERTIFICATE"),
    "list": forge.pem(forge.crl(ROOT_NAME, ROOT), "X509 CRL"),
    "key": forge.private_pem(LEAF),
    "something else": forge.pem(b"\x30\x00", "PKCS7"),
    "text": "hello\n",
}
BAD = {
    "bad base64": BEGIN + "!!!\n-----END CERTIFICATE-----\n",
    "bad certificate": forge.pem(b"\x30\x03abc"),
    "no end": BEGIN + "MIIB\n",
    "another's end": CERTIFICATE.replace("END CERT", "END XCERT"),
    "headers": CERTIFICATE.replace(BEGIN, BEGIN + "Some: header\n\n"),
    "empty lines": CERTIFICATE.replace("\n", "\n\n"),
    "indented": CERTIFICATE.replace("\nM", "\n M"),
    "empty": BEGIN + "-----END CERTIFICATE-----\n",
    "too much padding": CERTIFICATE.replace("-----END", "====\n-----END"),
    "padding in the middle": CERTIFICATE.replace("\nM", "\n==MM"),
    "a character too few": CERTIFICATE.replace("\nM", "\n", 1),
    "an empty line at the end": CERTIFICATE.replace("-----END", "\n-----END"),
    "a colon": CERTIFICATE.replace("\nM", "\n:"),
}
OCTETS = {
    "one": R,
    "two": R + I,
    "the same twice": R + R,
    "one and rubbish": R + b"junk",
    "rubbish": b"junk",
    "cut": R[:-1],
    "one and half of another": R + I[:-3],
    "nothing": b"",
    "one and an empty sequence": R + b"\x30\x00",
    "one and a list": R + forge.crl(ROOT_NAME, ROOT),
    "list": forge.crl(ROOT_NAME, ROOT),
}


def outcome(module: ModuleType, **arguments: Any) -> tuple[object, ...]:
    """What came of loading: the error's identity, and what the store holds then."""
    context = module.SSLContext(module.PROTOCOL_TLS_CLIENT)
    identity: tuple[object, ...] = ()
    try:
        context.load_verify_locations(**arguments)
    except (OSError, ValueError) as error:
        text = str(error).partition(" (")[0]
        identity = type(error).__name__, getattr(error, "library", 0), getattr(error, "reason", 0), error.args[0], text
    return identity, context.cert_store_stats()


@pytest.mark.parametrize("label", GOOD | PASSED_OVER | BAD)
@pytest.mark.parametrize("place", ["alone", "first", "second"])
def test_text(label: str, place: str) -> None:
    text = (GOOD | PASSED_OVER | BAD)[label]
    text = {"alone": text, "first": text + forge.pem(I), "second": forge.pem(I) + text}[place]
    assert outcome(refssl, cadata=text) == outcome(ssl, cadata=text)


@pytest.mark.parametrize("label", OCTETS)
def test_octets(label: str) -> None:
    assert outcome(refssl, cadata=OCTETS[label]) == outcome(ssl, cadata=OCTETS[label])


@pytest.mark.parametrize("label", GOOD | PASSED_OVER | BAD)
def test_file(label: str, tmp_path: Path) -> None:
    file = tmp_path / "file.pem"
    file.write_text((GOOD | PASSED_OVER | BAD)[label])
    assert outcome(refssl, cafile=file) == outcome(ssl, cafile=file)


@pytest.mark.parametrize("label", BAD)
def test_one_bad_certificate_does_not_cost_a_file_the_others(label: str, tmp_path: Path) -> None:
    file = tmp_path / "file.pem"
    for text in (BAD[label] + CERTIFICATE, CERTIFICATE + BAD[label]):
        file.write_text(text)
        assert outcome(refssl, cafile=file) == ((), {"x509": 1, "crl": 0, "x509_ca": 1})


def test_the_system_s_bundle_keeps_its_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A TRUSTED CERTIFICATE and a CRL in the default bundle count as they do in any other file."""
    file = tmp_path / "bundle.pem"
    file.write_text("".join(PASSED_OVER.values()) + forge.pem(I))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "nowhere"))
    context = refssl.create_default_context()
    assert context.cert_store_stats() == {"x509": 2, "crl": 1, "x509_ca": 2}


def test_threads_that_come_first_together_load_into_one_store() -> None:
    """The store is made when it is first asked for; a second one would lose what went into the first."""
    for _ in range(50):
        context = refssl.SSLContext(refssl.PROTOCOL_TLS_CLIENT)
        start = threading.Barrier(2)

        def load(octets: bytes, context: Any = context, start: threading.Barrier = start) -> None:
            start.wait()
            context.load_verify_locations(cadata=octets)

        threads = [threading.Thread(target=load, args=(octets,)) for octets in (R, I)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert context.cert_store_stats()["x509"] == 2


def test_differences_would_be_noticed() -> None:
    """Negative control: what is compared is not always the same."""
    found = {repr(outcome(refssl, cadata=text)) for text in (*GOOD.values(), *PASSED_OVER.values(), *BAD.values())}
    assert len(found) > 1
    assert len({repr(outcome(refssl, cadata=octets)) for octets in OCTETS.values()}) > 4
