"""``python -m sabotage`` and ``python harness/sabotage``: the command line, and nothing else."""

import sys
from pathlib import Path

if __name__ == "__main__":
    if not __package__:  # started by its path: sys.path begins with this folder, where it must have the one above
        sys.path[0] = str(Path(__file__).resolve().parents[1])
    from sabotage.cli import main

    sys.exit(main())
