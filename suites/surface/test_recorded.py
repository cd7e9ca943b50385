"""What is recorded and not judged: names and defaults, by which a reader sees what a new Python or OpenSSL has changed.

A user of one version wants to know what another one has; no clause says that it must have these names and no others.
"""

from types import FunctionType, ModuleType

import pytest

pytestmark = pytest.mark.level("observed")

CLASSES = ("SSLContext", "SSLSocket", "SSLObject", "MemoryBIO", "SSLSession")
FAMILIES = ("ALERT_DESCRIPTION_", "CERT_", "HAS_", "OP_", "OPENSSL_", "PROTOCOL_", "SSL_ERROR_", "VERIFY_")
KINDS = (*(family.rstrip("_") for family in FAMILIES), "classes", "exceptions", "functions", "others")


def public(thing):
    """The names that a user may rely on: without underscore, and no module that was only imported."""
    names = [name for name in dir(thing) if not name.startswith("_")]
    return sorted(name for name in names if not isinstance(getattr(thing, name, None), ModuleType))


def kind_of(impl, name):
    """In which list of names one stands."""
    for family in FAMILIES:
        if name.startswith(family):
            return family.rstrip("_")
    value = getattr(impl, name, None)
    if isinstance(value, type):
        return "exceptions" if issubclass(value, BaseException) else "classes"
    return "functions" if isinstance(value, FunctionType) or callable(value) else "others"


@pytest.mark.clause("ssl:enumerations")
@pytest.mark.parametrize("kind", KINDS, ids=str.lower)
def test_the_public_names(impl, observe, kind):
    """Every public name of the module is written down, by its kind."""
    names = observe([name for name in public(impl) if kind_of(impl, name) == kind], f"{kind} names")
    assert len(names) == len(set(names))


@pytest.mark.clause("ssl:enumerations")
@pytest.mark.parametrize("name", CLASSES, ids=str.lower)
def test_the_attributes_of_a_class(impl, observe, name):
    """Every public attribute of a class is written down."""
    found = observe(public(getattr(impl, name)), f"{name} attributes")
    assert len(found) == len(set(found))


def flags(family, value):
    """The names of the flags that are set, and as a number what has no name in this version."""
    members = {name: int(flag) for name, flag in family.__members__.items()}
    single = {name: flag for name, flag in members.items() if flag and flag & value == flag and not flag & (flag - 1)}
    rest = int(value)
    for flag in single.values():
        rest &= ~flag
    return sorted(single) + ([f"{rest:#x}"] if rest else [])


MAKERS = {
    "default_client": lambda impl: impl.create_default_context(),
    "default_server": lambda impl: impl.create_default_context(impl.Purpose.CLIENT_AUTH),
    "client": lambda impl: impl.SSLContext(impl.PROTOCOL_TLS_CLIENT),
    "server": lambda impl: impl.SSLContext(impl.PROTOCOL_TLS_SERVER),
}


@pytest.mark.clause("ssl.create_default_context:new-context")
@pytest.mark.parametrize("maker", MAKERS)
def test_the_settings_of_a_fresh_context(impl, observe, maker):
    """What a context has before anybody sets anything is written down."""
    context = MAKERS[maker](impl)
    assert context is not MAKERS[maker](impl)
    observe(flags(impl.Options, context.options), "options")
    observe(flags(impl.VerifyFlags, context.verify_flags), "verify_flags")
    observe(impl.VerifyMode(context.verify_mode).name, "verify_mode")
    observe([context.minimum_version.name, context.maximum_version.name], "versions")
    for name in ("check_hostname", "hostname_checks_common_name", "security_level", "num_tickets"):
        observe(getattr(context, name, "(not there)"), name)
    observe(getattr(context, "post_handshake_auth", "(not there)"), "post_handshake_auth")
    observe([cipher["name"] for cipher in context.get_ciphers()], "ciphers")
