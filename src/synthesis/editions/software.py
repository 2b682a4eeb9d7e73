"""What made an edition: this package's own files, the packages it needs, Python and the machine."""

from __future__ import annotations

import platform
import re
from functools import cache
from hashlib import sha256
from importlib import metadata
from pathlib import Path

import synthesis
from synthesis.editions.model import Software
from synthesis.editions.repository import tree_of

DISTRIBUTION = "synthesis-briefings"
PACKAGE = Path(synthesis.__file__).parent

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def software() -> Software:
    """What is running now."""
    return Software(
        name=DISTRIBUTION,
        version=metadata.version(DISTRIBUTION),
        source=source_hash(PACKAGE),
        source_tree=tree_of(PACKAGE),
        python=f"{platform.python_implementation()} {platform.python_version()}",
        platform=f"{platform.system()} {platform.machine()}",
        packages=dict(packages()),
    )


def source_hash(package: Path) -> str:
    """SHA-256 over the sorted paths and the bytes of a package's files, without what Python made of them."""
    digest = sha256()
    for path in sorted(package.rglob("*")):
        name = path.relative_to(package).as_posix()
        if "__pycache__" in path.parts or path.suffix == ".pyc" or not path.is_file():
            continue
        content = path.read_bytes()
        digest.update(f"{len(name)} {len(content)} {name}".encode() + content)
    return digest.hexdigest()


@cache
def packages() -> tuple[tuple[str, str], ...]:
    """Name and version of every package that is installed because this one needs it, in order of name."""
    found: dict[str, str] = {}
    waiting = [DISTRIBUTION]
    while waiting:
        for requirement in metadata.requires(waiting.pop()) or ():
            name = _normal(requirement)
            if name in found or "extra ==" in requirement:
                continue
            try:
                found[name] = metadata.version(name)
            except metadata.PackageNotFoundError:
                continue  # for another system or another Python
            waiting.append(name)
    return tuple(sorted(found.items()))


def _normal(requirement: str) -> str:
    named = _NAME.match(requirement)
    return re.sub(r"[-_.]+", "-", named.group() if named else requirement).lower()


def differences(recorded: Software) -> tuple[str, ...]:
    """What is not the same here as it was when an edition was made, in words; empty if nothing differs."""
    now = software()
    found = []
    if recorded.python != now.python:
        found.append(f"{recorded.python} (here: {now.python})")
    for name, version in sorted(recorded.packages.items()):
        here = now.packages.get(name)
        if here != version:
            found.append(f"{name} {version} (here: {here or 'not installed'})")
    if recorded.platform != now.platform:
        found.append(f"{recorded.platform} (here: {now.platform})")
    return tuple(found)
