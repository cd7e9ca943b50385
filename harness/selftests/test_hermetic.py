"""What is kept from an implementation, and what is written down about the rest."""

import json

from sslspec.pythons import hermetic


def test_what_leads_a_library_or_pytest_is_taken_away():
    given = {
        "PATH": "/bin",
        "HOME": "/root",
        "SSLKEYLOGFILE": "keys",
        "SSL_CERT_FILE": "ca.pem",
        "SSL_CERT_DIR": "certs",
        "OPENSSL_CONF": "x.cnf",
        "GNUTLS_SYSTEM_PRIORITY_FILE": "x",
        "PYTEST_ADDOPTS": "-x",
        "PYTEST_PLUGINS": "evil",
        "PYTHONPATH": "src",
        "PYTHONWARNINGS": "error",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    child, scrubbed = hermetic.child_environment(given)
    assert scrubbed == [
        "GNUTLS_SYSTEM_PRIORITY_FILE",
        "OPENSSL_CONF",
        "SSLKEYLOGFILE",
        "SSL_CERT_DIR",
        "SSL_CERT_FILE",
    ]
    assert {name for name in child if name in given} == {"PATH", "HOME", "PYTHONDONTWRITEBYTECODE"}
    assert len(given) == 12


def test_what_could_not_be_scrubbed_is_recorded(monkeypatch):
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/openssl/lib")
    described = hermetic.describe(["B", "A"])
    assert described["scrubbed"] == ["A", "B"]
    assert set(described["unscrubbed"]) == {"crypto_policy", "fips", "openssl_conf", "preloaded"}
    assert "/opt" not in json.dumps(described)


def test_the_settings_that_openssl_gives_to_every_context_are_found(monkeypatch, tmp_path):
    (tmp_path / "policy.config").write_text("MinProtocol = TLSv1.2\n")
    (tmp_path / "openssl.cnf").write_text(
        "openssl_conf = init\nHOME = .\n[init]\nssl_conf = ssl_sect # which\n[ssl_sect]\nsystem_default = sys\n"
        f"[sys]\nCipherString = DEFAULT@SECLEVEL=2\n.include = {tmp_path}/policy.config\n"
    )

    class Paths:
        openssl_cafile = str(tmp_path / "cert.pem")

    monkeypatch.setattr("ssl.get_default_verify_paths", Paths)
    found = hermetic.unscrubbed()["openssl_conf"]
    assert found.pop("include policy.config").startswith("sha256:")
    assert found == {"CipherString": "DEFAULT@SECLEVEL=2"}
