"""``python -m sslspec.observed``: record, check, pages."""

import sys

from sslspec.observed.cli import main

if __name__ == "__main__":
    sys.exit(main())
