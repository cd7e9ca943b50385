"""Values that settings and functions do not take, and the first that they do."""

import copy
import pickle

import pytest

LONG = 2**64


@pytest.fixture
def context(impl):
    return impl.SSLContext(impl.PROTOCOL_TLS_SERVER)


SETTINGS = {
    "verify_mode": (3, ValueError),
    "verify_mode_of_text": ("1", TypeError),
    "verify_mode_too_large": (LONG, OverflowError),
    "verify_flags_of_text": ("1", TypeError),
    "options_of_text": ("1", TypeError),
    "options_too_large": (LONG, OverflowError),
    "minimum_version": (7, ValueError),
    "minimum_version_too_large": (LONG, OverflowError),
    "maximum_version": (7, ValueError),
    "num_tickets": (-1, ValueError),
    "num_tickets_too_large": (LONG, OverflowError),
    "sni_callback": (1, TypeError),
    "_msg_callback": (1, TypeError),
    "keylog_filename": (1, TypeError),
}


@pytest.mark.clause("ssl.SSLContext:values")
@pytest.mark.level("observed")
@pytest.mark.parametrize("case", SETTINGS)
def test_a_setting_stays_as_it_was(context, case):
    """A value that a setting does not take raises TypeError, ValueError or OverflowError, and changes nothing."""
    name = case.split("_of_")[0].split("_too_")[0]
    value, error = SETTINGS[case]
    before = getattr(context, name)
    with pytest.raises(error):
        setattr(context, name, value)
    assert getattr(context, name) == before


@pytest.mark.clause("ssl.SSLContext:values")
@pytest.mark.level("observed")
@pytest.mark.parametrize(
    ("name", "value"),
    [("options", 0), ("verify_flags", 0), ("num_tickets", 0), ("verify_mode", 0), ("sni_callback", None)],
    ids=["options", "verify_flags", "num_tickets", "verify_mode", "sni_callback"],
)
def test_nothing_is_a_value(context, name, value):
    """0, and for a callback None, can be set and read back."""
    setattr(context, name, value)
    assert getattr(context, name) == value


@pytest.mark.clause("ssl.SSLContext.options:bits")
@pytest.mark.level("observed")
@pytest.mark.since("3.12")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_options_have_64_bits(context):
    """The highest of 64 bits can be set; what is negative is no set of options: ValueError or OverflowError."""
    context.options |= 1 << 63
    assert context.options >> 63 == 1
    context.options = LONG - 1
    assert context.options == LONG - 1
    with pytest.raises((ValueError, OverflowError)):
        context.options = -1


@pytest.mark.clause("ssl.SSLContext.verify_flags:policies")
@pytest.mark.level("observed")
@pytest.mark.parametrize("flag", [0x100, 0x200, 0x400], ids=["explicit_policy", "inhibit_any", "inhibit_map"])
def test_a_flag_about_policies_has_them_checked(context, flag):
    """A flag that says how certificate policies are to be checked sets X509_V_FLAG_POLICY_CHECK beside it."""
    context.verify_flags = flag
    assert context.verify_flags == flag | 0x80
    context.verify_flags = 0x41
    assert context.verify_flags == 0x41


@pytest.mark.clause("ssl.SSLContext.check_hostname:optional-goes")
def test_checking_names_leaves_optional_verification(impl):
    """Switching check_hostname on leaves CERT_OPTIONAL, and switching it off leaves CERT_NONE, as they are."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = impl.CERT_OPTIONAL
    context.check_hostname = True
    assert context.verify_mode is impl.CERT_OPTIONAL
    context.check_hostname = False
    context.verify_mode = impl.CERT_NONE
    context.check_hostname = False
    assert context.verify_mode is impl.CERT_NONE


@pytest.mark.clause("ssl.SSLContext:no-pickle")
@pytest.mark.level("observed")
@pytest.mark.parametrize("double", [pickle.dumps, copy.copy, copy.deepcopy], ids=["pickle", "copy", "deepcopy"])
def test_a_context_cannot_be_duplicated(context, double):
    """A context holds keys and is neither pickled nor copied: TypeError."""
    with pytest.raises(TypeError):
        double(context)


@pytest.mark.clause("ssl.SSLContext.set_servername_callback:called")
def test_a_callback_can_be_taken_away(context):
    """set_servername_callback(None) leaves no callback."""
    context.set_servername_callback(lambda *_: None)
    assert context.sni_callback is not None
    context.set_servername_callback(None)
    assert context.sni_callback is None


CALLS = {
    "load_verify_locations_of_a_number": (lambda context: context.load_verify_locations(1), TypeError),
    "load_verify_locations_of_a_number_for_a_directory": (
        lambda context: context.load_verify_locations(capath=1),
        TypeError,
    ),
    "load_verify_locations_of_a_null": (lambda context: context.load_verify_locations("a\0b"), ValueError),
    "set_servername_callback": (lambda context: context.set_servername_callback(1), TypeError),
    "set_alpn_protocols": (lambda context: context.set_alpn_protocols([1]), TypeError),
    "load_default_certs": (lambda context: context.load_default_certs(1), TypeError),
}


@pytest.mark.clause("ssl.SSLContext:values")
@pytest.mark.level("observed")
@pytest.mark.parametrize("case", CALLS)
def test_a_method_refuses_what_it_cannot_use(context, case):
    """An argument of a wrong type raises TypeError, and a path with a NUL ValueError."""
    call, error = CALLS[case]
    with pytest.raises(error):
        call(context)


NUMBERS = {
    "rand_bytes": lambda impl: impl.RAND_bytes(LONG),
    "memory_bio": lambda impl: impl.MemoryBIO().read(LONG),
    "context": lambda impl: impl.SSLContext(LONG),
}


@pytest.mark.clause("ssl:c-integers")
@pytest.mark.level("observed")
@pytest.mark.parametrize("case", NUMBERS)
def test_numbers_have_an_end(impl, case):
    """A number that does not fit into C's raises OverflowError."""
    with pytest.raises(OverflowError):
        NUMBERS[case](impl)


@pytest.mark.clause("ssl:c-integers")
@pytest.mark.level("observed")
@pytest.mark.deliveries("whole")
@pytest.mark.parametrize("buffer", [None, bytearray(10)], ids=["bytes", "buffer"])
def test_a_length_has_an_end_too(pair, buffer):
    """read() of more bytes than memory can hold raises OverflowError, and takes nothing."""
    pair.shake_hands()
    pair.peer.send(b"data")
    pair.carry()
    with pytest.raises(OverflowError):
        pair.subject.read(LONG, *(() if buffer is None else (buffer,)))
    assert pair.subject.read(4) == b"data"


@pytest.mark.clause("ssl.RAND_add:mixes-in")
@pytest.mark.level("observed")
def test_entropy_is_a_number(impl):
    """RAND_add() takes no text for the estimate of the entropy."""
    with pytest.raises(TypeError):
        impl.RAND_add(b"something", "75")


def set_an_old_bound(impl):
    impl.SSLContext(impl.PROTOCOL_TLS_SERVER).minimum_version = impl.TLSVersion.TLSv1


def set_an_old_option(impl):
    impl.SSLContext(impl.PROTOCOL_TLS_SERVER).options |= impl.OP_NO_TLSv1_2


DEPRECATED = {
    "no_protocol": (lambda impl: impl.SSLContext(), 2),
    "protocol": (lambda impl: impl.SSLContext(impl.PROTOCOL_TLS), 1),
    "minimum_version": (set_an_old_bound, 1),
    "options": (set_an_old_option, 1),
}


@pytest.mark.clause("ssl.SSLContext:deprecations-point")
@pytest.mark.parametrize("case", DEPRECATED)
@pytest.mark.since("3.10")
def test_a_deprecation_points_at_the_program(impl, case):
    """What is deprecated is warned of where the program uses it, so that its author is told."""
    use, count = DEPRECATED[case]
    with pytest.warns(DeprecationWarning, match="deprecated") as told:
        use(impl)
    assert [warning.filename for warning in told] == [__file__] * count
    first = use.__code__.co_firstlineno
    assert {warning.lineno for warning in told} <= {first, first + 1}
