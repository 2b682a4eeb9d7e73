"""How figures look: colours, sizes, spacing. Every figure module takes them from here and sets nothing of its own.

Sizes are points in print (a figure is drawn at the size it is printed). Colours are those that the Government
Analysis Function recommends for charts; each stands out from white by at least 3 to 1, and no figure tells two things
apart by colour alone.
"""

from __future__ import annotations

POINTS_PER_MM = 72 / 25.4

# The text width of an A4 page with 20 mm margins.
WIDTH_MM = 170.0
WIDTH = WIDTH_MM * POINTS_PER_MM
# What is left of that page for a figure, with room for its title and caption.
PAGE_HEIGHT = 200 * POINTS_PER_MM

# Text. Nothing that has to be read is smaller than TEXT; MARK is for the letters that point to footnotes.
TEXT = 9.0
MARK = 7.0
LEADING = 11.5
MARK_RAISE = 3.0

# Space.
GAP = 10.0
# Rows move together, within these, before a figure becomes taller than a page.
ROW_PADDING = 5.0
TIGHT_PADDING = 0.6
BLOCK_GAP = 9.0

# Lines.
HAIR = 0.5
THIN = 0.8
CI_LINE = 1.1
TICK = 3.0

# Marks.
LARGEST_SQUARE = 11.0
DIAMOND_HEIGHT = 9.5
BAR_HEIGHT = 3.2
ARROW = 4.2

INK = "#0b0c0c"
SECONDARY = "#484949"
RULE = "#8a8d8f"
FAINT = "#cecece"
PAPER = "#ffffff"

# The interval is drawn over the square and has to be seen on it.
STUDY = "#2073BC"
STUDY_LINE = "#12436D"
POOLED = "#12436D"
PREDICTION = "#801650"
BETTER = "#12436D"
WORSE = "#F46A25"
UNDECIDED = "#3D3D3D"
