"""How closely results agree with the reference: runs ``tests/parity`` and writes ``docs/explanation/parity.md``.

Run it with ``python validation/parity_report.py [folder of reference results]``; it takes some minutes. With another
folder the table is printed and no page is written. The exit code is that of the tests.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "explanation" / "parity.md"
START, END = "<!-- results -->", "<!-- end of results -->"


def run(folder: str | None) -> tuple[int, str]:
    """Exit code of the tests and the table they print."""
    command = [sys.executable, "-m", "pytest", "tests/parity", "-q", "--parity-report"]
    command += ["--reference", folder] if folder else []
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    lines = [line for line in done.stdout.splitlines() if line.startswith("|")]
    if done.returncode or not lines:
        sys.stderr.write(done.stdout[-4000:] + done.stderr)
    return done.returncode, "\n".join(lines)


def main() -> int:
    folder = sys.argv[1] if len(sys.argv) > 1 else None
    code, table = run(str(Path(folder).resolve()) if folder else None)
    sys.stdout.write(table + "\n")
    if folder is None and code == 0:
        page = PAGE.read_text(encoding="utf-8")
        before, _, rest = page.partition(START)
        PAGE.write_text(f"{before}{START}\n\n{table}\n\n{END}{rest.partition(END)[2]}", encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main())
