"""Makes the certificates, keys and lists of the catalogue, fresh for each run, as files in one directory.

What is made is said in certs/catalogue.toml; trustme makes the ordinary certificates, the forge all others. The
scenarios find the files by bench/credentials.py and never come here.
"""

import base64
import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sslspec import layout
from sslspec.certificates import catalogue, der
from sslspec.certificates.catalogue import Certificate, Crl, DhParameters, Directory, Entry, File, Pair

if TYPE_CHECKING:
    import trustme

    from sslspec.certificates.forge import Key, Signer

_ORGANIZATION = "sslspec"


def make(directory: Path) -> None:
    """Make everything of the catalogue in `directory`, which is created (mode 0700) and has to be empty.

    Files have mode 0600. Raises CatalogueError where the catalogue is wrong, OSError where files cannot be written.
    """
    make_entries(catalogue.load(layout.certs() / "catalogue.toml"), directory)


def make_entries(entries: Mapping[str, Entry], directory: Path) -> None:
    """Make `entries`, each of them after those that it refers to, in `directory`; see make()."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(directory.iterdir()):
        raise FileExistsError(f"{directory} is not empty: a PKI is made afresh")
    directory.chmod(0o700)
    workshop = _Workshop(directory)
    for entry in entries.values():
        try:
            workshop.make(entry)
        except (KeyError, ValueError) as error:
            raise catalogue.CatalogueError(f"{entry.name}: cannot be made: {error}") from error


@dataclass
class _Made:
    """A certificate or CRL that exists: `der` of it, and, unless it is a CRL, the key and the serial number."""

    der: bytes
    subject: bytes = b""
    serial: int = 0
    key: "Key | None" = None
    trustme: "trustme.CA | None" = None
    is_crl: bool = False

    def pem(self) -> str:
        return _pem("X509 CRL" if self.is_crl else "CERTIFICATE", self.der)

    def owned_key(self) -> "Key":
        if self.key is None:
            raise catalogue.CatalogueError("a CRL has no key, and signs nothing")
        return self.key

    def signer(self) -> "Signer":
        from sslspec.certificates.forge import Signer

        return Signer(self.subject, self.owned_key())


class _Workshop:
    """What has been made so far, by name, and where it is written."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.made: dict[str, _Made] = {}

    def make(self, entry: Entry) -> None:
        if isinstance(entry, Certificate):
            self._certificate(entry)
        elif isinstance(entry, Crl):
            self._crl(entry)
        elif isinstance(entry, Pair):
            self._write(f"{entry.name}.pem", "".join(self.made[name].pem() for name in entry.chain))
            self._write(f"{entry.name}.key", _key_pem(self.made[entry.key].owned_key(), entry.key_form, entry.password))
        elif isinstance(entry, File):
            self._file(entry)
        elif isinstance(entry, Directory):
            self._directory(entry)
        elif isinstance(entry, DhParameters):
            self._write(f"{entry.name}.pem", _dh_parameters(entry.group))

    def _certificate(self, entry: Certificate) -> None:
        made = self._by_trustme(entry) if entry.maker == "trustme" else self._by_forge(entry)
        self.made[entry.name] = made
        self._write(f"{entry.name}.pem", made.pem() + "".join(self.made[name].pem() for name in entry.sends))
        self._write(f"{entry.name}.key", _key_pem(made.owned_key()))

    def _by_trustme(self, entry: Certificate) -> _Made:
        import trustme
        from cryptography import x509
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        from sslspec.certificates.forge import Key

        key_type = {"p256": trustme.KeyType.ECDSA, "rsa2048": trustme.KeyType.RSA}[entry.key]
        parent = self.made[entry.issuer].trustme if entry.issuer else None
        authority = None
        if entry.authority:
            path_length = 9 if entry.path_length is None else entry.path_length
            authority = trustme.CA(parent, path_length, _ORGANIZATION, entry.name, key_type)
            certificate_pem, key_pem = authority.cert_pem, authority.private_key_pem
        else:
            if parent is None:
                raise catalogue.CatalogueError(f"{entry.name}: trustme signs only with an authority that it made")
            leaf = parent.issue_cert(
                *(name.partition(":")[2] for name in entry.names),
                organization_name=_ORGANIZATION,
                organization_unit_name=entry.name,
                key_type=key_type,
            )
            certificate_pem, key_pem = leaf.cert_chain_pems[0], leaf.private_key_pem
        made = x509.load_pem_x509_certificate(certificate_pem.bytes())
        private = load_pem_private_key(key_pem.bytes(), None)
        return _Made(
            _unpem(certificate_pem.bytes()),
            made.subject.public_bytes(),
            made.serial_number,
            Key(private),  # type: ignore[arg-type]  # trustme's keys are ECDSA or RSA
            authority,
        )

    def _by_forge(self, entry: Certificate) -> _Made:
        from sslspec.certificates import forge

        key = forge.Key.generate(entry.key) if not entry.key_of else self.made[entry.key_of].owned_key()
        if entry.key == "rsa-pss2048":
            key = replace(key, pss=True)
        if entry.subject_of:
            subject = self.made[entry.subject_of].subject
        elif entry.subject is not None:
            subject = forge.name(entry.subject)
        else:
            subject = forge.name((f"O={_ORGANIZATION}", f"OU={entry.name}"))
        issuer = self.made[entry.issuer].signer() if entry.issuer else forge.Signer(subject, key)
        serial = _serial(entry.name) if entry.serial is None else entry.serial
        return _Made(forge.certificate(entry, subject, key, issuer, serial), subject, serial, key)

    def _crl(self, entry: Crl) -> None:
        from sslspec.certificates import forge

        issuer = self.made[entry.issuer].signer()
        written = forge.crl(entry, issuer, (self.made[name].serial for name in entry.revokes))
        self.made[entry.name] = _Made(written, issuer.name, is_crl=True)
        self._write(f"{entry.name}.pem", self.made[entry.name].pem())

    def _file(self, entry: File) -> None:
        parts = [part.partition(":") for part in entry.parts]
        if entry.form == "der":
            made = ((self.made[name], what) for name, _, what in parts)
            self._write(
                entry.name, b"".join(one.owned_key().pkcs8() if what == "key" else one.der for one, what in made)
            )
            return
        texts = (
            _key_pem(self.made[name].owned_key()) if what == "key" else self.made[name].pem() for name, _, what in parts
        )
        self._write(entry.name, entry.text + "".join(texts))

    def _directory(self, entry: Directory) -> None:
        (self.directory / entry.name).mkdir(mode=0o700)
        taken: dict[str, int] = {}
        for name in entry.holds:
            made = self.made[name]
            stem = subject_hash(made.subject) + (".r" if made.is_crl else ".")
            taken[stem] = taken.get(stem, -1) + 1
            self._write(f"{entry.name}/{stem}{taken[stem]}", made.pem())

    def _write(self, name: str, content: str | bytes) -> None:
        data = content.encode("ascii") if isinstance(content, str) else content
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with open(os.open(self.directory / name, flags, 0o600), "wb") as file:
            file.write(data)


def _serial(name: str) -> int:
    """A serial number that is the same in each run: positive and of 16 octets at most, RFC 5280 4.1.2.2."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:15], "big") | 1 << 120


def _pem(label: str, data: bytes) -> str:
    text = base64.b64encode(data).decode("ascii")
    lines = [text[start : start + 64] for start in range(0, len(text), 64)]
    return "\n".join((f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""))


def _unpem(data: bytes) -> bytes:
    return base64.b64decode(b"".join(data.strip().splitlines()[1:-1]))


def _key_pem(key: "Key", form: str = "pkcs8", password: str = "") -> str:
    """The private key in PEM; `form` is pkcs8 or traditional, RFC 1421's headers holding what a password needs."""
    if form == "pkcs8" and not password:
        return _pem("PRIVATE KEY", key.pkcs8())
    from cryptography.hazmat.primitives import serialization

    encryption: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if password:
        encryption = serialization.BestAvailableEncryption(password.encode())
    private_format = {
        "pkcs8": serialization.PrivateFormat.PKCS8,
        "traditional": serialization.PrivateFormat.TraditionalOpenSSL,
    }[form]
    return key.private.private_bytes(serialization.Encoding.PEM, private_format, encryption).decode("ascii")


def subject_hash(name: bytes) -> str:
    """The eight hexadecimal digits by which OpenSSL finds what a subject has in a `capath` directory.

    `name` is the DER of the subject. OpenSSL hashes the RDNs with every text made UTF-8, lower case, its blanks
    collapsed, without the outer SEQUENCE; the first four octets of the SHA-1 are read as a little-endian number.
    """
    canonical = b"".join(
        der.set_of(*(der.sequence(*_canonical(attribute)) for _, attribute in der.elements(rdn)))
        for _, rdn in der.elements(next(der.elements(name))[1])
    )
    digest = hashlib.sha1(canonical, usedforsecurity=False).digest()
    return f"{int.from_bytes(digest[:4], 'little'):08x}"


def _canonical(attribute: bytes) -> Iterator[bytes]:
    for tag, content in der.elements(attribute):
        if tag in (0x0C, 0x13, 0x16):  # UTF8String, PrintableString, IA5String
            yield der.utf8(" ".join(content.decode().lower().split()))
        else:
            yield der.tlv(tag, content)


def _dh_parameters(group: str) -> str:
    """PEM of a group of RFC 7919, computed as its appendix A defines it."""
    bits, addend = {"ffdhe2048": (2048, 560316)}[group]
    # p = 2^b - 2^{b-64} + {[2^{b-130} e] + X} * 2^64 - 1
    euler, term, divisor = 0, 1 << (bits + 64), 1
    while term:
        euler += term
        term //= divisor
        divisor += 1
    euler >>= bits + 64 - (bits - 130)
    prime = (1 << bits) - (1 << (bits - 64)) + ((euler + addend) << 64) - 1
    return _pem("DH PARAMETERS", der.sequence(der.integer(prime), der.integer(2)))
