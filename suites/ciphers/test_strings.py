"""The language of cipher strings, openssl-ciphers(1), as set_ciphers() reads it and get_ciphers() shows it."""

import pytest

SMALL, LARGE = "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384"
STATIC = "AES128-GCM-SHA256"


@pytest.fixture
def select(impl):
    """select(text) gives the suites below TLS 1.3 that a fresh context has after set_ciphers(text)."""

    def selected(text):
        context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
        context.set_ciphers(text)
        return [cipher for cipher in context.get_ciphers() if cipher["protocol"] != "TLSv1.3"]

    return selected


def names(ciphers):
    return [cipher["name"] for cipher in ciphers]


@pytest.mark.clause(
    "ssl.SSLContext.get_ciphers:in-order", "ssl.SSLContext.set_ciphers:list-format", "What's New 3.6:get-ciphers"
)
@pytest.mark.feature("HAS_TLSv1_2")
@pytest.mark.parametrize("separator", [":", ",", " "], ids=["colon", "comma", "space"])
def test_names_are_listed_in_the_order_given(select, separator):
    """A string of names selects these suites in this order, separated by colons, commas or spaces."""
    assert names(select(separator.join((LARGE, SMALL)))) == [LARGE, SMALL]
    assert names(select(separator.join((SMALL, LARGE)))) == [SMALL, LARGE]


@pytest.mark.clause("ssl.SSLContext.set_ciphers:list-format")
@pytest.mark.feature("HAS_TLSv1_2")
@pytest.mark.parametrize(
    ("word", "field", "value"),
    [
        ("kRSA", "kea", "kx-rsa"),
        ("kECDHE", "kea", "kx-ecdhe"),
        ("kDHE", "kea", "kx-dhe"),
        ("aECDSA", "auth", "auth-ecdsa"),
        ("aNULL", "auth", "auth-null"),
        ("SHA384", "digest", "sha384"),
        ("CHACHA20", "symmetric", "chacha20-poly1305"),
    ],
    ids=["krsa", "kecdhe", "kdhe", "aecdsa", "anull", "sha384", "chacha20"],
)
def test_a_word_stands_for_all_suites_of_a_kind(select, word, field, value):
    """A word for a kind of suite selects suites of this kind, and no other."""
    found = select(word)
    assert found
    assert {cipher[field] for cipher in found} == {value}
    assert value in {cipher[field] for cipher in select("ALL:COMPLEMENTOFALL")}
    assert value not in {cipher[field] for cipher in select(f"ALL:COMPLEMENTOFALL:!{word}")}


@pytest.mark.clause("ssl.SSLContext.set_ciphers:list-format")
@pytest.mark.feature("HAS_TLSv1_2")
def test_words_joined_by_plus_must_all_fit(select):
    """Words joined by + select the suites to which all of them apply."""
    both = names(select("ECDHE+AESGCM"))
    assert set(both) == set(names(select("ECDHE"))) & set(names(select("AESGCM")))
    assert both
    assert STATIC not in both
    assert STATIC in names(select("AESGCM"))


@pytest.mark.clause("ssl.SSLContext.set_ciphers:list-format")
@pytest.mark.feature("HAS_TLSv1_2")
def test_what_is_banned_never_comes_back(select):
    """An exclamation mark deletes suites for good, a hyphen until they are named again."""
    assert names(select(f"{SMALL}:{LARGE}:!{SMALL}:{SMALL}")) == [LARGE]
    assert names(select(f"{SMALL}:{LARGE}:-{SMALL}")) == [LARGE]
    assert names(select(f"{SMALL}:{LARGE}:-{SMALL}:{SMALL}")) == [LARGE, SMALL]


@pytest.mark.clause("ssl.SSLContext.set_ciphers:list-format")
@pytest.mark.feature("HAS_TLSv1_2")
def test_a_plus_in_front_moves_to_the_end(select):
    """A plus sign in front of a word moves what is there to the end, and adds nothing."""
    assert names(select(f"{SMALL}:{LARGE}:+{SMALL}")) == [LARGE, SMALL]
    assert names(select(f"{SMALL}:{LARGE}:+{STATIC}")) == [SMALL, LARGE]


@pytest.mark.clause("ssl.SSLContext.set_ciphers:list-format")
@pytest.mark.feature("HAS_TLSv1_2")
def test_strength_sorts(select):
    """@STRENGTH sorts what has been selected so far by the length of the key."""
    bits = [cipher["strength_bits"] for cipher in select(f"{SMALL}:{LARGE}:{STATIC}:@STRENGTH")]
    assert bits == [256, 128, 128]
    assert [cipher["strength_bits"] for cipher in select(f"{SMALL}:{LARGE}:{STATIC}")] == [128, 256, 128]


@pytest.mark.clause("ssl.SSLContext.set_ciphers:list-format")
@pytest.mark.feature("HAS_TLSv1_2")
def test_unknown_names_are_passed_over(select, impl):
    """Names that nobody knows are passed over as long as something is selected; upper and lower case matter."""
    assert names(select(f"NONSENSE:{SMALL}:{LARGE.lower()}")) == [SMALL]
    with pytest.raises(impl.SSLError):
        select(f"NONSENSE:{LARGE.lower()}")


@pytest.mark.clause("ssl.SSLContext.set_ciphers:list-format")
@pytest.mark.feature("HAS_TLSv1_2")
def test_default_is_what_nothing_weak_is_in(select):
    """DEFAULT at the beginning is a list without anonymous suites and suites without encryption, and bans these."""
    found = select("DEFAULT")
    assert all(cipher["strength_bits"] and cipher["auth"] != "auth-null" for cipher in found)
    assert names(select("DEFAULT:aNULL:eNULL")) == names(found)
    assert not all(cipher["strength_bits"] for cipher in select("ALL:eNULL"))


@pytest.mark.clause("ssl.SSLContext.set_ciphers:security-level-word", "ssl.SSLContext.security_level:number")
@pytest.mark.feature("HAS_TLSv1_2")
@pytest.mark.since("3.10")
def test_a_string_can_set_the_security_level(impl):
    """@SECLEVEL= sets the security level, which no assignment can."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
    before = context.security_level
    for level in (0, 1, 5):
        context.set_ciphers(f"DEFAULT:@SECLEVEL={level}")
        assert context.security_level == level
    context.set_ciphers("DEFAULT")
    assert context.security_level == 5
    assert impl.SSLContext(impl.PROTOCOL_TLS_SERVER).security_level == before
    with pytest.raises(impl.SSLError):
        context.set_ciphers("DEFAULT:@SECLEVEL=6")
    with pytest.raises(AttributeError):
        context.security_level = 1


@pytest.mark.clause("ssl.SSLContext.set_ciphers:list-format")
def test_a_string_has_no_nul(impl):
    """A NUL in the string does not end it: ValueError."""
    with pytest.raises(ValueError):
        impl.SSLContext(impl.PROTOCOL_TLS_SERVER).set_ciphers("DEFAULT\0:NONSENSE")


@pytest.mark.clause("ssl.SSLContext.set_ciphers:security-level-word", "ssl.SSLContext.security_level:forbids")
@pytest.mark.versions("tls12")
@pytest.mark.deliveries("whole")
@pytest.mark.since("3.10")
@pytest.mark.parametrize("level", [2, 3])
def test_a_level_forbids_suites(pair, impl, level):
    """At security level 3 there are no suites without forward secrecy, at 2 there are."""
    pair.peer.settings.ciphers = f"{STATIC}:@SECLEVEL=1"
    pair.subject_context.set_ciphers(f"{STATIC}:@SECLEVEL={level}")
    if pair.server_side:
        pair.subject_context.set_ciphers(f"{STATIC}:@SECLEVEL=1")
        pair.subject_context.load_cert_chain(*pair.pki["rsa"])
        pair.subject_context.set_ciphers(f"{STATIC}:@SECLEVEL={level}")
    else:
        pair.peer.settings.certificate = "rsa"
    if level < 3:
        pair.shake_hands()
        assert pair.subject.cipher()[0] == STATIC
        return
    with pytest.raises(impl.SSLError) as caught:
        pair.shake_hands()
    # OpenSSL before 3.2 notices at a server only when it chooses.
    assert caught.value.reason in ("NO_CIPHERS_AVAILABLE", "NO_SHARED_CIPHER")


@pytest.mark.clause("ssl.SSLContext.set_ciphers:after-refusal")
@pytest.mark.feature("HAS_TLSv1_2")
@pytest.mark.level("observed")
def test_what_a_refused_string_leaves(impl):
    """A string that selects nothing leaves nothing below TLS 1.3, one that cannot be read changes nothing."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    context.set_ciphers(SMALL)
    with pytest.raises(impl.SSLError):
        context.set_ciphers(f"{LARGE}:@NONSENSE")
    assert SMALL in names(context.get_ciphers())
    with pytest.raises(impl.SSLError):
        context.set_ciphers("NONSENSE")
    assert SMALL not in names(context.get_ciphers())


@pytest.mark.clause("ssl.SSLContext.set_ciphers:text-only")
@pytest.mark.parametrize("text", [None, b"ALL", 5], ids=["none", "bytes", "int"])
def test_what_is_no_text_is_a_type_error(impl, text):
    """set_ciphers() with anything but text raises TypeError."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    with pytest.raises(TypeError):
        context.set_ciphers(text)
    context.set_ciphers("ALL")
