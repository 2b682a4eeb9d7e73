"""Notebooks run: each in a fresh kernel, or one after the other in a kernel that is kept warm."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from synthesis.errors import DocumentError, UsageError

Progress = Callable[[str], None]

# Names of an earlier run would hide that the notebook no longer defines them.
_FORGET = "get_ipython().run_line_magic('reset', '-f')"
# The kernel warns about its loopback transport on every start; its errors still come through.
_ARGUMENTS = ("--IPKernelApp.log_level=ERROR", "--HistoryManager.hist_file=:memory:")
# What every briefing uses, imported while nobody waits for it; no name is left behind.
_IMPORT = "exec('import scipy.special, synthesis.briefing.compose, synthesis.analysis.run', {})"


def execute(path: Path, parameters: Mapping[str, object], progress: Progress = lambda text: None) -> Any:
    """Run a notebook in a fresh kernel and return it with its outputs; the file is not touched.

    Parameters
    ----------
    path : Path
    parameters : mapping
        Values for the names assigned in the cell tagged ``parameters``.
    progress : callable
        Told which cell is running.

    Raises
    ------
    DocumentError
        If the file is no notebook, or a cell fails; the message names the cell.
    UsageError
        If there is no such file.
    """
    notebook = _prepared(path, parameters)
    _run(_client(notebook), path, progress)
    return notebook


class WarmKernel:
    """A kernel that stays after a notebook has run, with what it has imported but none of the notebook's names.

    It notices neither changes to the installed package nor a notebook in another folder; start another one then.
    Use it from one thread; ``kill`` may be called from any.
    """

    def __init__(self) -> None:
        self._manager: Any = None
        self._channels: Any = None

    def __enter__(self) -> WarmKernel:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self, path: Path) -> None:
        """Start the kernel that will run the notebook ``path``, without waiting for it; what is wrong, the run says."""
        from jupyter_client.kernelspec import NoSuchKernel
        from nbclient.util import run_sync

        if not path.is_file():
            return
        manager = self._made()
        arguments = [*_ARGUMENTS, f"--IPKernelApp.code_to_run={_IMPORT}"]
        with suppress(NoSuchKernel):
            run_sync(manager.start_kernel)(extra_arguments=arguments, cwd=str(path.parent))

    def execute(self, path: Path, parameters: Mapping[str, object], progress: Progress = lambda text: None) -> Any:
        """As ``execute``; the first run starts the kernel if ``start`` has not, and so does the run after a crash."""
        notebook = _prepared(path, parameters)
        self._made()
        client = _client(notebook, km=self._manager)
        client.kc = self._channels
        try:
            _run(client, path, progress)
        finally:
            self._channels = client.kc
            self._forget()
        return notebook

    def kill(self) -> None:
        """Stop the kernel at once, whatever it is doing."""
        process = getattr(getattr(self._manager, "provisioner", None), "process", None)
        if process is not None:
            process.kill()

    def close(self) -> None:
        """Stop the kernel if it runs."""
        from nbclient.util import run_sync

        manager, channels = self._manager, self._channels
        self._manager = self._channels = None
        if channels is not None:
            channels.stop_channels()
        if manager is not None and manager.has_kernel:
            run_sync(_shut_down)(manager)

    def _made(self) -> Any:
        from jupyter_client.manager import AsyncKernelManager

        if self._manager is None:
            self._manager = AsyncKernelManager(kernel_name="python3")
        return self._manager

    def _forget(self) -> None:
        """Have the kernel let go of the notebook's names; it does so before the next run, and nobody waits for it."""
        from nbclient.util import run_sync

        if self._channels is None or not run_sync(_is_alive)(self._manager):
            self.close()
        else:
            self._channels.execute(_FORGET, silent=True)


async def _shut_down(manager: Any) -> None:
    await manager.shutdown_kernel(now=True)


async def _is_alive(manager: Any) -> bool:
    return bool(await manager.is_alive())


def _client(notebook: Any, **options: Any) -> Any:
    from nbclient import NotebookClient

    return NotebookClient(
        notebook,
        kernel_name="python3",
        record_timing=False,
        extra_arguments=list(_ARGUMENTS),
        **options,
    )


def _run(client: Any, path: Path, progress: Progress) -> None:
    from jupyter_client.kernelspec import NoSuchKernel
    from nbclient.exceptions import CellControlSignal, CellExecutionError, DeadKernelError

    cells = sum(cell.cell_type == "code" for cell in client.nb.cells)
    done = 0
    where = "before its first cell"

    def on_start(cell: Any, cell_index: int, **_: Any) -> None:
        nonlocal done, where
        where = f"cell {cell_index + 1} ({cell.id})"
        if cell.cell_type == "code":
            done += 1
            progress(f"running {path.name}, cell {done} of {cells}")

    client.on_cell_start = on_start
    client.resources["metadata"] = {"path": str(path.parent)}
    try:
        client.execute()
    except CellExecutionError as error:
        raise DocumentError(f"{path.name}: {where} failed with {error.ename}: {error.evalue}") from None
    except (DeadKernelError, CellControlSignal) as error:
        raise DocumentError(f"{path.name}: Python stopped in {where}: {error}") from None
    except NoSuchKernel:
        raise DocumentError(f"{path.name}: there is no Jupyter kernel 'python3'; install ipykernel") from None


def _prepared(path: Path, parameters: Mapping[str, object]) -> Any:
    notebook = _read_notebook(path)
    _set_parameters(notebook, parameters, path)
    return notebook


def _read_notebook(path: Path) -> Any:
    import nbformat

    if not path.is_file():
        raise UsageError(f"there is no notebook {path}")
    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except (ValueError, TypeError, KeyError, AttributeError, nbformat.ValidationError) as error:
        # The reader trips over unexpected shapes in several ways before it gets round to refusing them.
        raise DocumentError(f"{path.name} is not a notebook that can be read: {str(error)[:300]}") from None
    return notebook


def _set_parameters(notebook: Any, parameters: Mapping[str, object], path: Path) -> None:
    """Insert a cell that assigns ``parameters`` after the one tagged ``parameters``, as papermill does."""
    import nbformat

    if not parameters:
        return
    tagged = [i for i, cell in enumerate(notebook.cells) if "parameters" in cell.metadata.get("tags", [])]
    if len(tagged) != 1:
        raise DocumentError(f"{path.name} must have one cell tagged 'parameters'; found {len(tagged)}")
    source = "\n".join(f"{name} = {value!r}" for name, value in parameters.items())
    cell = nbformat.v4.new_code_cell(source, id="injected-parameters", metadata={"tags": ["injected-parameters"]})
    notebook.cells.insert(tagged[0] + 1, cell)
