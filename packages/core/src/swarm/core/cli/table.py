"""Plain columns for listings: readable by people and by `awk`."""

from collections.abc import Sequence


def columns(rows: Sequence[Sequence[str]], *, gap: int = 2) -> list[str]:
    """Return one line per row with the cells in aligned columns.

    Args:
        rows: Cells; all rows have the same number of them.
        gap: Blanks between columns.
    """
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    return [(" " * gap).join(map(str.ljust, row, widths)).rstrip() for row in rows]
