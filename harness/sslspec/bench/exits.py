"""How a scenario leaves the bench other than by passing or failing; the plugin turns each into its verdict."""


class Inapplicable(Exception):
    """This platform, documented version or peer has nothing to be tested here; the text says which and why."""


class Unsupported(Exception):
    """The implementation itself says that it cannot do this; the text says how it says so."""


class PeerFailed(AssertionError):
    """The peer did not get where the scenario needed it, although the implementation under test raised nothing."""
