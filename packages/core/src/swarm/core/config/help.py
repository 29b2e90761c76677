"""What `--help` looks like."""

import argparse
import shutil
import textwrap

_NARROW = 60
_WIDE = 100
_INDENT = 30


class HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """Names an option's value once, and shows each flag without its `--no-` twin."""

    def __init__(self, prog: str) -> None:
        columns = shutil.get_terminal_size((_WIDE, 24)).columns
        width = max(_NARROW, min(_WIDE, columns - 2))
        super().__init__(prog, max_help_position=_INDENT, width=width)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        """Keep the lines as they are, except those that are too long."""
        lines = (f"{indent}{line}".rstrip() for line in text.splitlines())
        return "".join(
            f"{textwrap.fill(line, width, subsequent_indent=indent) if line else ''}\n"
            for line in lines
        )

    def _format_action_invocation(self, action: argparse.Action) -> str:
        if not action.option_strings:
            return super()._format_action_invocation(action)
        flags = ", ".join(f for f in action.option_strings if not f.startswith("--no-"))
        if action.nargs == 0 or isinstance(action.const, bool):
            return flags
        return (
            f"{flags} {self._format_args(action, self._get_default_metavar_for_optional(action))}"
        )

    def _get_default_metavar_for_optional(self, action: argparse.Action) -> str:
        return f"<{action.dest}>"

    def _format_args(self, action: argparse.Action, default_metavar: str) -> str:
        value = self._metavar_formatter(action, default_metavar)(1)[0]
        if action.nargs in {"*", "+"}:
            return f"{value} ..."
        return super()._format_args(action, default_metavar)
