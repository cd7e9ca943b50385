"""The PKI: the catalogue is read strictly, and every entry makes what its sentence says.

What is made is read again by `cryptography` and put to the stdlib's ssl in handshakes in memory; what a conforming
ssl-compatible library makes of it is the business of the suites.
"""

import os
import ssl
import stat
import tempfile
import time
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, PublicKeyAlgorithmOID

from sslspec import layout
from sslspec.bench.credentials import Pki, UnknownName
from sslspec.certificates import catalogue, pki
from sslspec.certificates.catalogue import CatalogueError, Certificate, Entry, Expect, File, Pair

ENTRIES = catalogue.load(layout.certs() / "catalogue.toml")
# What is wrong with a variant is asked by scenarios, and that nothing else is by the entry that it is a variant of.
PLAIN = [entry for entry in ENTRIES.values() if not entry.variant_of]
CERTIFICATES = [entry for entry in PLAIN if isinstance(entry, Certificate)]
EXPECTING = [entry for entry in ENTRIES.values() if entry.expect]

FLAGS = {
    "strict": ssl.VERIFY_X509_STRICT,
    "partial_chain": ssl.VERIFY_X509_PARTIAL_CHAIN,
    "crl_leaf": ssl.VERIFY_CRL_CHECK_LEAF,
    "crl_chain": ssl.VERIFY_CRL_CHECK_CHAIN,
    "proxies": ssl.VERIFY_ALLOW_PROXY_CERTS,
}
EXTENSIONS = {
    "basicConstraints": ExtensionOID.BASIC_CONSTRAINTS,
    "keyUsage": ExtensionOID.KEY_USAGE,
    "extKeyUsage": ExtensionOID.EXTENDED_KEY_USAGE,
    "subjectKeyIdentifier": ExtensionOID.SUBJECT_KEY_IDENTIFIER,
    "authorityKeyIdentifier": ExtensionOID.AUTHORITY_KEY_IDENTIFIER,
    "subjectAltName": ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
}
PURPOSES = {
    "serverAuth": ExtendedKeyUsageOID.SERVER_AUTH,
    "clientAuth": ExtendedKeyUsageOID.CLIENT_AUTH,
    "codeSigning": ExtendedKeyUsageOID.CODE_SIGNING,
    "any": ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
}
# What `cryptography` rightly does not read, in whole or in the extension that is the point of the entry.
UNREADABLE = {
    "duplicate-extension",
    "malformed-names",
    "odd-address",
    "no-pointers",
    "empty-pointer",
    "path-length-of-none",
    "version-2",
}

ENTRY = """
purpose = "A sentence."
clauses = ["RFC 5280 6.1"]
maker = "forge"
"""


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with everything of the catalogue."""
    made = tmp_path_factory.mktemp("pki") / "pki"
    pki.make(made)
    return made


@pytest.fixture(scope="module")
def made(directory: Path) -> Pki:
    """The same, as scenarios see it."""
    return Pki(str(directory))


def handshake(made: Pki, name: str, expect: Expect, *, capath: str | None = None) -> int:
    """The verify code with which the stdlib meets `name` in a handshake in memory; 0 where it accepts it."""
    owner_serves = expect.role == "server"
    verifier = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT if owner_serves else ssl.PROTOCOL_TLS_SERVER)
    owner = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if owner_serves else ssl.PROTOCOL_TLS_CLIENT)
    verifier.set_ciphers(f"DEFAULT:@SECLEVEL={expect.level}")
    verifier.verify_mode = ssl.CERT_REQUIRED
    verifier.verify_flags &= ~ssl.VERIFY_X509_STRICT
    for flag in expect.flags:
        verifier.verify_flags |= FLAGS[flag]
    if capath:
        verifier.load_verify_locations(capath=capath)
    for trusted in expect.trust:
        verifier.load_verify_locations(made.authority(trusted))
    owner.set_ciphers("DEFAULT:@SECLEVEL=0")
    owner.load_cert_chain(*made[name], password=getattr(ENTRIES[name], "password", "") or None)
    if not owner_serves:
        owner.check_hostname = False
        owner.verify_mode = ssl.CERT_NONE
        verifier.load_cert_chain(*made["server"])
    one, other = ssl.MemoryBIO(), ssl.MemoryBIO()
    client_context, server_context = (verifier, owner) if owner_serves else (owner, verifier)
    client = client_context.wrap_bio(one, other, server_hostname=expect.host)
    server = server_context.wrap_bio(other, one, server_side=True)
    done: set[ssl.SSLObject] = set()
    for _ in range(4):
        for end in (client, server):
            try:
                end.do_handshake()
                done.add(end)
            except ssl.SSLWantReadError:
                pass
            except ssl.SSLCertVerificationError as error:
                assert end is (client if owner_serves else server)
                return error.verify_code
    assert done == {client, server}
    return 0


@pytest.mark.parametrize("entry", EXPECTING, ids=lambda entry: entry.name)
def test_the_stdlib_says_what_the_catalogue_expects(made: Pki, entry: Entry) -> None:
    for expect in entry.expect:
        assert handshake(made, entry.name, expect) == expect.code, expect


@pytest.mark.parametrize("entry", EXPECTING, ids=lambda entry: entry.name)
def test_what_is_accepted_is_refused_by_who_trusts_another_authority(made: Pki, entry: Entry) -> None:
    for expect in entry.expect:
        if expect.code == 0:
            stranger = Expect(-1, expect.host, expect.role, ("ed25519-root",), ("partial_chain",), 0)
            if "ed25519-root" not in expect.trust:
                assert handshake(made, entry.name, stranger) in (18, 19, 20), expect


def test_every_leaf_and_pair_is_in_use_or_says_nothing_of_verification(made: Pki) -> None:
    for entry in ENTRIES.values():
        for expect in entry.expect:
            assert isinstance(entry, Certificate | Pair), f"{entry.name} presents nothing"
            assert set(expect.flags) <= set(FLAGS)


@pytest.mark.filterwarnings("ignore:Parsed a serial number:cryptography.utils.CryptographyDeprecationWarning")
@pytest.mark.parametrize("entry", [e for e in CERTIFICATES if e.name not in UNREADABLE], ids=lambda entry: entry.name)
def test_a_certificate_is_what_its_entry_says(made: Pki, entry: Certificate) -> None:
    certificate = x509.load_der_x509_certificate(made.der(entry.name))
    issuer = x509.load_der_x509_certificate(made.der(entry.issuer or entry.name))
    assert certificate.issuer == issuer.subject
    assert certificate.version == (x509.Version.v1 if entry.version == 1 else x509.Version.v3)
    assert [made.der(name) for name in entry.sends] == made.chain(entry.name)[1:]
    if entry.fault:
        with pytest.raises((ValueError, InvalidSignature)):
            certificate.verify_directly_issued_by(issuer)
    elif entry.signature != "sha1":
        certificate.verify_directly_issued_by(issuer)
    if entry.maker == "forge":
        assert certificate.not_valid_before_utc.date() == entry.not_before
        assert certificate.not_valid_after_utc.date() == entry.not_after
    if entry.serial is not None:
        assert certificate.serial_number == entry.serial
    if entry.version == 3:
        _check_extensions(entry, certificate, issuer)


def _check_extensions(entry: Certificate, certificate: x509.Certificate, issuer: x509.Certificate) -> None:
    found = {extension.oid.dotted_string for extension in certificate.extensions}
    stated = {extension.oid for extension in entry.extensions}
    assert stated <= found
    assert not {EXTENSIONS[name].dotted_string for name in entry.without} - stated & found
    if "basicConstraints" not in entry.without:
        constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
        assert constraints.value.ca == (entry.authority if entry.ca is None else entry.ca)
        if entry.path_length is not None:
            assert constraints.value.path_length == entry.path_length
        assert constraints.critical == ("basicConstraints" in entry.critical)
    if entry.extended_key_usage:
        purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        assert list(purposes) == [PURPOSES[purpose] for purpose in entry.extended_key_usage]
    if entry.names or entry.more_names:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        assert len(list(names)) == len(entry.names) + entry.more_names
        expected = [name.removeprefix("dns:") for name in entry.names if name.startswith("dns:")]
        if all(name.isascii() for name in expected):
            assert names.get_values_for_type(x509.DNSName)[: len(expected)] == expected
    if entry.issuer and "authorityKeyIdentifier" not in entry.without:
        identifier = certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
        assert identifier == x509.SubjectKeyIdentifier.from_public_key(issuer.public_key()).digest


@pytest.mark.parametrize("name", sorted(UNREADABLE))
def test_what_cryptography_does_not_read_is_listed_for_a_reason(made: Pki, name: str) -> None:
    with pytest.raises((ValueError, x509.DuplicateExtension, x509.InvalidVersion)):
        len(x509.load_der_x509_certificate(made.der(name)).extensions)


def test_keys_are_of_the_kind_that_is_asked_for(made: Pki) -> None:
    def key(name: str) -> object:
        return x509.load_der_x509_certificate(made.der(name)).public_key()

    kinds = {
        "server": ec.SECP256R1,
        "p384": ec.SECP384R1,
        "p521": ec.SECP521R1,
    }
    for name, curve in kinds.items():
        public = key(name)
        assert isinstance(public, ec.EllipticCurvePublicKey)
        assert isinstance(public.curve, curve)
    for name, size in {"rsa": 2048, "weak-rsa": 1024, "rsa-pss": 2048}.items():
        public = key(name)
        assert isinstance(public, rsa.RSAPublicKey)
        assert public.key_size == size
    assert isinstance(key("ed25519"), ed25519.Ed25519PublicKey)
    assert isinstance(key("ed448"), ed448.Ed448PublicKey)
    pss = x509.load_der_x509_certificate(made.der("rsa-pss"))
    assert pss.public_key_algorithm_oid == PublicKeyAlgorithmOID.RSASSA_PSS
    assert len(made.der("large")) > 2**14


def test_a_key_belongs_to_its_certificate_except_where_the_catalogue_says_otherwise(made: Pki) -> None:
    wrong = set()
    for entry in PLAIN:
        if isinstance(entry, Certificate | Pair):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.set_ciphers("DEFAULT:@SECLEVEL=0")
            try:
                context.load_cert_chain(*made[entry.name], password=getattr(entry, "password", "") or None)
            except ssl.SSLError as error:
                wrong.add((entry.name, error.reason))
    assert {name for name, reason in wrong if reason == "KEY_VALUES_MISMATCH"} == {"mismatched", "intermediate-first"}
    # OpenSSL 3.0 refuses to load these; 3.6 does not.
    assert {name for name, _ in wrong} - {"mismatched", "intermediate-first"} <= {
        "empty-pointer",
        "duplicate-extension",
        "malformed-names",
    }


@pytest.mark.parametrize("name", ["encrypted", "encrypted-traditional", "encrypted-utf-8"])
def test_an_encrypted_key_needs_its_password(made: Pki, name: str) -> None:
    with pytest.raises(ssl.SSLError):
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(*made[name], password="wrong")


def test_the_forms_of_files(made: Pki, directory: Path) -> None:
    for name in ("key-and-chain.pem", "chain-and-key.pem"):
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(made.path(name))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=(directory / "authorities.der").read_bytes())
    assert sorted(context.get_ca_certs(binary_form=True)) == sorted([made.der("root"), made.der("other-root")])
    assert made.chain("authorities") == [made.der("root"), made.der("other-root")]
    context.load_verify_locations(made.path("root-and-crl.pem"))
    assert context.cert_store_stats()["crl"] == 1
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_dh_params(made.path("dh-parameters.pem"))


def test_a_hashed_directory_is_found_by_openssl(made: Pki) -> None:
    checked = Expect(23, trust=(), flags=("crl_leaf",))
    assert handshake(made, "revoked", checked, capath=made.path("hashed")) == 23
    assert handshake(made, "unrevoked", checked, capath=made.path("hashed")) == 0
    assert handshake(made, "same-name-issuer", Expect(0, trust=()), capath=made.path("hashed")) == 0
    assert handshake(made, "server", Expect(20, trust=()), capath=made.path("hashed-other")) == 20


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permission bits")
def test_nobody_else_can_read_it(directory: Path) -> None:
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    for path in directory.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_keys_are_written_where_they_belong_and_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, directory: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    monkeypatch.setattr(tempfile, "tempdir", str(elsewhere))
    pki.make(tmp_path / "pki")
    assert not list(elsewhere.iterdir())
    keyed = {e.name for e in ENTRIES.values() if isinstance(e, File) and any(":key" in part for part in e.parts)}
    for path in directory.rglob("*"):
        if path.is_file() and b"PRIVATE KEY" in path.read_bytes():
            assert path.suffix == ".key" or path.name in keyed


def test_a_second_pki_has_the_same_names_and_other_keys(tmp_path: Path, directory: Path, made: Pki) -> None:
    pki.make(tmp_path / "pki")
    second = Pki(str(tmp_path / "pki"))
    assert {path.name for path in (tmp_path / "pki").iterdir()} == {path.name for path in directory.iterdir()}
    for entry in CERTIFICATES:
        assert made.der(entry.name) != second.der(entry.name)
        assert Path(made[entry.name].key).read_bytes() != Path(second[entry.name].key).read_bytes()
    ours, theirs = (x509.load_der_x509_certificate(pki.der("every-name")) for pki in (made, second))
    assert (ours.subject, ours.serial_number) == (theirs.subject, theirs.serial_number)


def test_a_directory_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "something").touch()
    with pytest.raises(FileExistsError, match="is not empty"):
        pki.make(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["something"]


def test_it_is_cheap(tmp_path: Path) -> None:
    # Usually 0.2 s; RSA keys are a matter of luck. The limit is for what would be a mistake.
    start = time.process_time()
    pki.make(tmp_path / "pki")
    assert time.process_time() - start < 3


def test_nothing_expires_soon() -> None:
    soon = datetime.now(timezone.utc).date() + timedelta(days=20 * 365)
    for entry in CERTIFICATES:
        assert entry.not_after > soon or entry.not_after < date(2010, 1, 1), entry.name
        assert entry.not_before < date(2021, 1, 1) or entry.not_before > soon, entry.name


def test_an_unknown_name_is_answered_with_those_near_it(made: Pki) -> None:
    with pytest.raises(UnknownName, match=r"no chain with a key called 'sever'; near it: .*server"):
        made["sever"]
    with pytest.raises(KeyError, match=r"near it: .*every-name"):
        made.der("evry-name")
    with pytest.raises(UnknownName, match="no file"):
        made.authority("../pki/root")
    with pytest.raises(UnknownName, match="there is no PKI in"):
        Pki("/nonexistent").authority()


BAD_CATALOGUES = [
    ("", "format is None"),
    ("format = 9", "format is 9"),
    ("format = ", "Invalid value"),
    (f"format = 1\n[leef.x]{ENTRY}", "unknown kind of entry 'leef'; near it: leaf"),
    (f"format = 1\n[leaf.x]{ENTRY}nmaes = []", "leaf.x: unknown key 'nmaes'; near it: names"),
    (f"format = 1\n[leaf.x]{ENTRY}names = 'dns:a'", "leaf.x.names: 'dns:a' is not of the expected kind"),
    (f"format = 1\n[leaf.x]{ENTRY}version = true", "leaf.x.version: True is not of the expected kind"),
    (f"format = 1\n[leaf.x]{ENTRY}version = 4", "leaf.x: version is 4; known are 1, 2, 3"),
    (f"format = 1\n[leaf.x]{ENTRY}fault = 'x'", "leaf.x: fault is 'x'; known are"),
    (f"format = 1\n[leaf.x]{ENTRY}authority = true", "leaf.x: unknown key 'authority'"),
    (f"format = 1\n[leaf.x]{ENTRY}issuer = 'y'", "x: unknown entry 'y'"),
    (f"format = 1\n[leaf.x]{ENTRY}issuer = 'x'", "x: needs itself, by way of x, x"),
    (f"format = 1\n[leaf.x]{ENTRY}expect = [{{ cod = 1 }}]", "leaf.x.expect: unknown key 'cod'; near it: code"),
    (f"format = 1\n[leaf.x]{ENTRY}expect = [{{ code = 1, trust = ['z'] }}]", "x: unknown entry 'z'"),
    (f"format = 1\n[leaf.x]{ENTRY}[authority.x]{ENTRY}", "authority.x: the name is taken already"),
    ("format = 1\n[leaf]\nx = 1", "leaf.x: a table is expected"),
    (f"format = 1\n[leaf.x]{ENTRY}[leaf.x.variants]\ny = 1", "leaf.x-y: a table is expected"),
    (f"format = 1\n[leaf.x]{ENTRY}[leaf.x.variants]\ny = {{ nmaes = [] }}", "leaf.x-y: unknown key 'nmaes'"),
    (f"format = 1\n[leaf.x]{ENTRY.replace('forge', 'openssl')}", "maker is 'openssl'; known are forge, trustme"),
    (f"format = 1\n[leaf.x]{ENTRY.replace('forge', 'trustme')}serial = 1", "trustme cannot choose serial"),
    (f"format = 1\n[leaf.x]{ENTRY.replace('sentence.', 'word')}", "leaf.x: purpose has to be a sentence"),
    (f"format = 1\n[leaf.x]{ENTRY.replace('RFC 5280 6.1', '')}", "leaf.x: no clause is served"),
    ("format = 1\n[leaf.x]\nmaker = 'forge'", "leaf.x: purpose is missing"),
]


@pytest.mark.parametrize(("text", "message"), BAD_CATALOGUES)
def test_a_catalogue_that_cannot_be_meant_gets_one_clear_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "catalogue.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        catalogue.load(path)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_catalogue_that_cannot_be_read_gets_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="cannot be read"):
        catalogue.load(tmp_path / "nowhere.toml")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("key", "p257"),
        ("signature", "md4"),
        ("names", ["host:a"]),
        ("names", ["ip:1.2.3"]),
        ("subject", ["XX=a"]),
        ("key_usage", ["signing"]),
        ("extended_key_usage", ["signing"]),
        ("extensions", [{"oid": "1.2", "value": "xyz"}]),
    ],
)
def test_what_cannot_be_made_names_its_entry(tmp_path: Path, key: str, value: object) -> None:
    entry = {"purpose": "A sentence.", "clauses": ["RFC 5280 6.1"], "maker": "forge", key: value}
    with pytest.raises(CatalogueError, match=r"^odd: "):
        pki.make_entries(catalogue.parse({"format": 1, "leaf": {"odd": entry}}), tmp_path / "pki")
