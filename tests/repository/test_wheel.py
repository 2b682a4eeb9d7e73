"""The package as users get it: one wheel with everything in it, which works where there is no repository."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest


@pytest.fixture(scope="module")
def wheel(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of the package, made with the build tool that the lock holds; nothing is fetched."""
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(out)]
    subprocess.run(command, cwd=repository, check=True, capture_output=True)
    (made,) = out.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The commands of a fresh environment with the wheel in it; libraries are those of the one that runs the tests."""
    place = tmp_path_factory.mktemp("environment")
    venv.create(place, with_pip=False, symlinks=os.name != "nt")
    commands = place / ("Scripts" if os.name == "nt" else "bin")
    python = commands / "python"
    command = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*command, str(wheel)], check=True)
    (site,) = place.rglob("site-packages")
    # Folders named in a .pth file come last, and .pth files in them (the editable install) are not read.
    libraries = sysconfig.get_paths()["purelib"]
    (site / "libraries.pth").write_text(f"{libraries}\n", encoding="utf-8")
    return commands


def run(commands: Path, folder: Path, *words: str) -> str:
    kept = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PYTHONHOME"}}
    environment = kept | {"PATH": os.pathsep.join((str(commands), kept.get("PATH", "")))}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_the_wheel_holds_every_file_of_the_package(
    wheel: Path, repository_files: tuple[Path, ...], repository: Path
) -> None:
    source = repository / "src"
    ours = {path.relative_to(source).as_posix() for path in repository_files if path.is_relative_to(source)}
    with ZipFile(wheel) as file:
        shipped = {name for name in file.namelist() if not name.split("/")[0].endswith(".dist-info")}
    assert shipped == ours
    endings = {Path(name).suffix for name in shipped}
    assert endings >= {".py", ".yaml", ".ipynb", ".ttf", ".csl", ".css", ".js", ".typ", ".j2"}


def test_the_quick_start_of_a_new_topic_works_outside_the_repository(installed: Path, tmp_path: Path) -> None:
    where = run(installed, tmp_path, "python", "-c", "import synthesis; print(synthesis.__file__)")
    assert Path(where.strip()).is_relative_to(installed.parent)
    run(installed, tmp_path, "synthesis", "new", "coffee")
    project = tmp_path / "coffee"
    assert "0 problems in 4 studies" in run(installed, project, "synthesis", "check")
    built = run(installed, project, "synthesis", "build", "coffee").split()
    assert [Path(name).name for name in built] == ["briefing.html", "briefing.pdf", "evidence.csv", "numbers.json"]
    assert all((project / name).stat().st_size > 1000 for name in built)
    for target in ("check", "build"):
        run(installed, project, "make", target)
