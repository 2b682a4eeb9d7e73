"""Build an edition in a process of its own that knows nothing but what it is told.

``python -m synthesis.editions.rebuild PROJECT BRIEFING PARAMETERS FORMATS TARGET`` builds and writes the files into
``TARGET``, with one line on standard output for each step. An edition is made this way when it is issued and again when
it is verified, then perhaps with the program as it was at the time: these arguments stay as they are.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from synthesis.editions.software import PACKAGE
from synthesis.errors import EditionError, SynthesisError
from synthesis.execution import Progress

# All that a build may take from outside: where programs and temporary files are.
_KEPT = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "COMSPEC", "PATHEXT")


def built_apart(
    project: Path,
    briefing: str,
    parameters: Mapping[str, object],
    formats: Iterable[str],
    *,
    source: Path = PACKAGE.parent,
    progress: Progress = lambda text: None,
) -> dict[str, bytes]:
    """The files of a briefing, built in a process of its own, by name.

    Parameters
    ----------
    project : Path
        A project's folder; nothing is written there.
    briefing : str
    parameters : mapping
        How the edition is issued; see ``open_briefing``.
    formats : iterable of str
    source : Path
        The folder that holds the package to build with.
    progress : callable

    Raises
    ------
    EditionError
        With what the build said, if it failed.
    """
    with tempfile.TemporaryDirectory(prefix="synthesis-") as scratch:
        target = Path(scratch) / "files"
        target.mkdir()
        arguments = [str(project), briefing, json.dumps(dict(parameters)), ",".join(formats), str(target)]
        command = [sys.executable, "-P", "-s", "-W", "ignore", "-m", "synthesis.editions.rebuild", *arguments]
        with (
            (Path(scratch) / "errors").open("w", encoding="utf-8") as errors,
            subprocess.Popen(
                command, cwd=scratch, env=_environment(Path(scratch), source), text=True, encoding="utf-8",
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors,
            ) as process,
        ):  # fmt: skip
            try:
                assert process.stdout is not None
                for line in process.stdout:
                    progress(line.rstrip("\n"))
            except BaseException:
                process.kill()
                raise
        if process.returncode:
            said = (Path(scratch) / "errors").read_text(encoding="utf-8", errors="replace").strip()
            raise EditionError(said or f"the build ended with exit code {process.returncode} and said nothing")
        return {path.name: path.read_bytes() for path in sorted(target.iterdir())}


def _environment(scratch: Path, source: Path) -> dict[str, str]:
    """No language, time zone, home, start-up files or date of this user or machine."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    home = scratch / "home"
    home.mkdir()
    # Only caches that no output depends on may be shared: without them each run looks for fonts again.
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return kept | {
        "HOME": str(home), "XDG_CACHE_HOME": cache, "TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONPATH": str(source),
        "PYTHONNOUSERSITE": "1", "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1",
        "IPYTHONDIR": str(home / "ipython"), "JUPYTER_CONFIG_DIR": str(home / "jupyter"),
    }  # fmt: skip


def main(arguments: list[str]) -> int:
    """Run as a program; see the module."""
    from synthesis.editions.derive import derived
    from synthesis.pipeline import make

    project, briefing, parameters, formats, target = arguments
    try:
        made = make(Path(project), briefing, formats=formats.split(","), edition=json.loads(parameters), progress=_say)
        files = dict(made.files) | derived(Path(project), briefing, made.files)
    except SynthesisError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    for name, content in files.items():
        (Path(target) / name).write_bytes(content)
    return 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
