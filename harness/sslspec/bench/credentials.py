"""Finds the files of a PKI directory by the names of the catalogue: chains, keys, authorities, any file.

Standard library only: a repro script carries this file with it. How the files came to be is none of its business.
"""

import base64
import difflib
import os
import re
from pathlib import Path
from typing import NamedTuple

_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", re.DOTALL)


class UnknownName(KeyError):
    """The PKI has nothing of this name; the message lists the names that are near it."""

    def __str__(self) -> str:
        return str(self.args[0])


class Credentials(NamedTuple):
    """What load_cert_chain() takes: the paths of two PEM files. ``context.load_cert_chain(*pki["server"])``."""

    chain: str
    key: str


class Pki:
    """The certificates and keys of a run, in one directory."""

    def __init__(self, directory: str) -> None:
        self.directory = os.fspath(directory)

    def __getitem__(self, name: str) -> Credentials:
        """The chain that `name` presents (its own certificate first) and its private key.

        Raises UnknownName, a KeyError, where there is no such chain or it has no key.
        """
        return Credentials(self._file(name, ".pem", with_key=True), self._file(name, ".key", with_key=True))

    def authority(self, name: str = "root") -> str:
        """The path of the certificate, or the CRL, `name`: what load_verify_locations(cafile=...) takes."""
        return self._file(name, ".pem")

    def path(self, name: str) -> str:
        """The path of the file or directory called `name`, extension and all."""
        return self._file(name, "")

    def der(self, name: str) -> bytes:
        """The first certificate of `name`, in DER."""
        return self.chain(name)[0]

    def chain(self, name: str) -> list[bytes]:
        """All certificates that `name` presents, in DER, its own first."""
        with open(self._file(name, ".pem"), "rb") as file:
            return [base64.b64decode(body) for body in _PEM.findall(file.read())]

    def pem(self, name: str) -> str:
        """The text of the PEM file of `name`: what `cadata` takes."""
        with open(self._file(name, ".pem"), encoding="ascii") as file:
            return file.read()

    def names(self) -> list[str]:
        """Every name that authority(), der() and chain() know, sorted."""
        return self._known(".pem")

    def _known(self, extension: str) -> list[str]:
        names = (path.name for path in Path(self.directory).iterdir())
        return sorted(name[: len(name) - len(extension)] for name in names if name.endswith(extension))

    def _file(self, name: str, extension: str, *, with_key: bool = False) -> str:
        directory = Path(self.directory)
        path = directory / (name + extension)
        if name and path.name == name + extension and path.exists():
            return str(path)
        if not directory.is_dir():
            raise UnknownName(f"there is no PKI in {directory}")
        known = self._known(".key" if with_key else extension)
        near = difflib.get_close_matches(name, known, n=5, cutoff=0.5) or known[:5]
        what = "chain with a key" if with_key else "file"
        raise UnknownName(f"the PKI has no {what} called {name!r}; near it: {', '.join(near)}")
