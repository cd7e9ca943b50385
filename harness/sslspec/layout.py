"""Where the suites, the certificate catalogue and the reports are.

In a wheel they lie beside the package's own modules; in a checkout two folders up. Nothing else in the project knows
which of the two it runs from.
"""

import functools
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parents[1]


@functools.cache
def _root() -> Path:
    return _PACKAGE if (_PACKAGE / "suites").is_dir() else _CHECKOUT


def is_installed() -> bool:
    """True where this is no checkout: other distributions lie beside the package then."""
    return _root() == _PACKAGE


def checkout() -> Path:
    """The folder of the checkout, where this is one."""
    return _CHECKOUT


def suites() -> Path:
    """The folder that holds one folder of scenarios for each area."""
    return _root() / "suites"


def clauses() -> Path:
    """The folder of the catalogue of clauses."""
    return suites() / "clauses"


def profiles() -> Path:
    """The folder of the profiles that come with the suite, one TOML file for each."""
    return suites() / "profiles"


def certs() -> Path:
    """The folder that holds the catalogue of certificates."""
    return _root() / "certs"


def baselines() -> Path:
    """The folder of the baselines that come with the suite, one TOML file for each implementation."""
    return _root() / "reports" / "baselines"


def observed() -> Path:
    """The folder of recorded observations."""
    return _root() / "reports" / "observed"


def durations() -> Path:
    """The file of what each scenario takes, by which a run is cut into parts."""
    return _root() / "reports" / "durations.json"


def names() -> Path:
    """The folder of what modules have of ssl, name by name, and of the reasons for differences."""
    return _root() / "reports" / "names"


def report_assets() -> Path:
    """The folder of the style sheet and the scripts of the report site."""
    return _PACKAGE / "report" / "assets"


def pytest_ini() -> Path:
    """The configuration file with which ``sslspec run`` starts pytest, whatever the user's own says."""
    return _PACKAGE / "pytest.ini"
