"""From starting Python to a first forest plot as a file: project, question, file."""

from __future__ import annotations

import sys
from pathlib import Path

import synthesis as syn

project, question, plot = sys.argv[1:]
Path(plot).write_text(syn.forest(syn.analyse(syn.open(project), question)).svg, encoding="utf-8")
