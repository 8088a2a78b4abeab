"""The bar that shows how far a run is, on terminals only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


@contextmanager
def progress_bar(total: int, *, shown: bool) -> Iterator[Callable[[Path], None]]:
    """Yields what is called with each of `total` files before the work on it."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, disable=not shown or not console.is_terminal) as bar:
        task = bar.add_task("reading", total=total)

        def advance(file: Path) -> None:
            bar.update(task, description=str(file), advance=1)

        yield advance
