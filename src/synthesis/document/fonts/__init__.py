"""The typefaces a briefing is set in, shipped so that the same input gives the same page on every machine.

Source Sans 3 (SIL Open Font License) carries the text; its figures are tabular by default. DejaVu Sans supplies
symbols and scripts it lacks. Last Resort has a box for every code point, so no character is ever dropped from a page.
"""

from __future__ import annotations

from pathlib import Path

FONT_DIR = Path(__file__).parent
FAMILY = "Source Sans 3"
FALLBACKS = ("DejaVu Sans", "Last Resort High-Efficiency")
MONOSPACE = "DejaVu Sans Mono"
