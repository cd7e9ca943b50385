"""The contexts of the implementation under test: default settings for a role, fresh ones and one that is shared."""

from __future__ import annotations

from typing import Any

from sslspec.bench.credentials import Pki
from sslspec.bench.module_peer import version_of
from sslspec.bench.variant import Variant


def make_context(impl: Any, variant: Variant, pki: Pki) -> Any:
    """A context of the implementation's with the default settings for one role."""
    if variant.role == "server":
        context = impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*pki["server"])
    else:
        context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(pki.authority())
    if variant.version is not None:
        version = version_of(impl, variant.version)
        context.minimum_version, context.maximum_version = version, version
    return context


class SharedContexts:
    """The default context where a scenario does not look at it: made once, since that costs more than a handshake."""

    SETTINGS = ("check_hostname", "verify_mode", "verify_flags", "options", "minimum_version", "maximum_version")

    def __init__(self) -> None:
        self._made: dict[tuple[Any, ...], tuple[Any, list[Any]]] = {}

    def get(self, impl: Any, variant: Variant, pki: Pki) -> Any:
        """The context for this implementation, role and version."""
        key = (id(impl), variant.role, variant.version, pki.directory)
        if key not in self._made:
            context = make_context(impl, variant, pki)
            self._made[key] = context, self._settings(context)
        return self._made[key][0]

    def check(self, context: Any) -> None:
        """Raise where a scenario has changed a context that is not its own; nobody gets that one again."""
        for key, (made, settings) in list(self._made.items()):
            if made is context and self._settings(made) != settings:
                del self._made[key]
                raise RuntimeError(
                    "the scenario changed a context that others share: look at pair.subject_context first"
                )

    def forget(self) -> None:
        """Have all of them made anew."""
        self._made.clear()

    def _settings(self, context: Any) -> list[Any]:
        return [getattr(context, name, None) for name in self.SETTINGS]
