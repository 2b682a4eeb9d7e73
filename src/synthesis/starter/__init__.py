"""A new topic: a working evidence base and briefing, with demonstration data that is to be replaced.

What is copied stands in ``project/``, as the files it becomes. Four words in it are filled in, in text and in file
names: ``@slug@``, ``@topic@``, ``@Topic@`` and ``@date@``. A topic is plain words, so that it means the same in YAML,
in a notebook, in a Makefile and as the name of a folder.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import unicodedata
from pathlib import Path

from synthesis.errors import UsageError

PROJECT = Path(__file__).parent / "project"

# Ships under another name: a file of this name in the package would hide others from version control.
GITIGNORE = "gitignore"

LONGEST_TOPIC = 60

# Of demonstration data and the briefing made with it. No clock is read, here as elsewhere; who issues it says when.
DAY = "2026-01-01"

# Names that Windows keeps for devices, with any ending, and the words that YAML takes for something else than text.
DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{name}{number}" for name in ("com", "lpt") for number in range(10))}
)
YAML_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})


def new_project(topic: str, folder: Path | None = None, *, date: str) -> Path:
    """Make the folder of a new topic, and return it.

    Parameters
    ----------
    topic : str
        What it is about, in plain words: "coffee", "Walking groups".
    folder : Path or None
        Where; None: a folder in the current one, named after the topic. It must not exist, or be empty.
    date : str
        ISO date for the records and the briefing.

    Raises
    ------
    UsageError
        If the topic cannot be a name, or the folder is taken or cannot be made; nothing is written then.
    """
    title = " ".join(topic.split())
    slug = slug_of(title)
    target = Path(slug) if folder is None else folder
    _check_folder(target)
    fill = {"@slug@": slug, "@topic@": title, "@Topic@": title[0].upper() + title[1:], "@date@": date}
    try:
        target.absolute().parent.mkdir(parents=True, exist_ok=True)
        stage = Path(tempfile.mkdtemp(prefix=f".{slug}.", dir=target.absolute().parent))
    except OSError as error:
        raise UsageError(f"cannot make a folder at {target}: {error.strerror}; name another one") from None
    try:
        _write(stage, fill)
        stage.chmod(0o755)
        _move(stage, target)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    return target


def slug_of(topic: str) -> str:
    """``topic`` as an id and a folder name: small letters, digits and single hyphens.

    Raises
    ------
    UsageError
        If it cannot be one.
    """
    allowed = "a topic is letters, digits, spaces and hyphens, for example 'coffee' or 'walking groups'"
    odd = sorted({sign for sign in topic if not (sign.isalnum() or sign in " -")})
    if not topic or odd:
        raise UsageError(
            f"cannot start a topic named {topic!r}: found {', '.join(map(repr, odd)) or 'nothing'}; {allowed}"
        )
    if len(topic) > LONGEST_TOPIC:
        raise UsageError(
            f"the topic has {len(topic)} characters; at most {LONGEST_TOPIC}: it names a folder and a title"
        )
    plain = unicodedata.normalize("NFKD", topic).encode("ascii", "ignore").decode().lower()
    slug = "-".join(plain.replace("-", " ").split())
    if not slug:
        raise UsageError(f"{topic!r} has no letter or digit that can name a folder; add a name in the letters a to z")
    if slug in DEVICES:
        raise UsageError(f"{topic!r} is the name of a device on Windows, where no folder can have it; {allowed}")
    if slug in YAML_WORDS:
        raise UsageError(f"{topic!r} means something else than text in a record; {allowed}")
    return slug


def _check_folder(target: Path) -> None:
    if any(part.split(".")[0].strip().lower() in DEVICES for part in target.parts):
        raise UsageError(f"{target} has the name of a device on Windows in it; name another folder")
    if os.path.lexists(target) and not target.is_dir():
        raise UsageError(f"{target} is there already and is no folder; nothing was changed: name another folder")
    if target.is_dir() and any(target.iterdir()):
        raise UsageError(f"{target} is there already and is not empty; nothing was changed: name another folder")


def _write(stage: Path, fill: dict[str, str]) -> None:
    from synthesis.evidence.collection import VOCABULARY_FILE
    from synthesis.evidence.house_style import format_records
    from synthesis.evidence.load import read
    from synthesis.evidence.schema import write

    for source in sorted(path for path in PROJECT.rglob("*") if path.is_file()):
        name = _filled(source.relative_to(PROJECT).as_posix(), fill)
        path = stage / (".gitignore" if name == GITIGNORE else name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_filled(source.read_text(encoding="utf-8"), fill), encoding="utf-8", newline="\n")
    # Whether a label needs quotation marks depends on the topic.
    format_records(stage / "evidence", (), write=True)
    write(stage / "evidence" / "schema", read(stage / "evidence", only=(VOCABULARY_FILE,))[0].vocabulary)


def _filled(text: str, fill: dict[str, str]) -> str:
    for word, value in fill.items():
        text = text.replace(word, value)
    return text


def _move(stage: Path, target: Path) -> None:
    """Rename ``stage`` to ``target``, which is empty or not there; somebody else's folder is never replaced."""
    try:
        if target.is_dir():
            target.rmdir()
        stage.rename(target)
    except OSError as error:
        raise UsageError(f"cannot make {target}: {error.strerror}; nothing was changed: name another folder") from None
