"""Sphinx configuration. Build with `make docs`, which turns warnings into errors."""

import os
from typing import Any

from sphinx.application import Sphinx

# Sphinx has imported ssl by now; the pages are made from docstrings, no socket is opened.
os.environ["SWARM_SKIP_MONKEY_PATCH"] = "1"

project = "swarm"
author = "The swarm authors"
project_copyright = "2026, the swarm authors"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = "swarm"
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_class_signature = "mixed"
nitpicky = False


def show_examples_as_code(*event: Any) -> None:
    """Show what stands under `Example:` in a docstring as the code that it is."""
    lines: list[str] = event[-1]
    for position in reversed(range(len(lines))):
        if lines[position].strip() == "Example:":
            margin = lines[position][: -len("Example:")]
            head = [f"{margin}.. rubric:: Example", "", f"{margin}.. code-block:: python", ""]
            lines[position : position + 1] = head


def keep_colons_of_attributes(*event: Any) -> None:
    """Keep napoleon from reading "If above 0: so many" as a type and its description."""
    what, lines = event[1], event[-1]
    if what in {"attribute", "data", "property"}:
        lines[:0] = ["..", ""]  # an empty comment, whose line has no colon


def setup(app: Sphinx) -> None:
    """Come before napoleon, which would take an example for prose and prose for types."""
    app.connect("autodoc-process-docstring", show_examples_as_code, priority=400)
    app.connect("autodoc-process-docstring", keep_colons_of_attributes, priority=400)
