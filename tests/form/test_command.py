"""The command: it says where the form is, serves it, and stops when it is told to."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from synthesis.cli import app
from synthesis.errors import UsageError

COMMAND = (sys.executable, "-m", "synthesis", "form")


@pytest.mark.skipif(sys.platform == "win32", reason="there, only a console can send Ctrl-C")
@pytest.mark.parametrize("stop", ["SIGINT", "SIGTERM"])
def test_it_serves_until_it_is_stopped(project: Path, stop: str) -> None:
    with subprocess.Popen(
        [*COMMAND, "manning2012", "--project", str(project), "--no-open"], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as running:  # fmt: skip
        assert running.stdout is not None and running.stderr is not None
        said = running.stdout.readline()
        found = re.fullmatch(r"Form: http://127\.0\.0\.1:(\d+)/study/manning2012#[\w-]{43}\n", said)
        assert found is not None, said + running.stderr.read()
        connection = http.client.HTTPConnection("127.0.0.1", int(found[1]), timeout=20)
        connection.request("GET", "/study/manning2012")
        assert connection.getresponse().status == 200
        connection.close()
        running.send_signal(getattr(signal, stop))
        assert running.wait(timeout=60) == 0
        assert running.stderr.read() == ""


@pytest.mark.parametrize("name", ["../x", "con", "A B"])
def test_a_name_that_no_study_can_have_is_refused_before_anything_is_served(project: Path, name: str) -> None:
    found = CliRunner().invoke(app, ["form", name, "--project", str(project), "--no-open"])
    assert isinstance(found.exception, UsageError)
