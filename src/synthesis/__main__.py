"""``python -m synthesis`` is the command line."""

from __future__ import annotations

from synthesis.cli import main

if __name__ == "__main__":
    main()
