"""``python -m sslspec``: the command line, and nothing else."""

import sys

from sslspec.cli import main

if __name__ == "__main__":
    sys.exit(main())
