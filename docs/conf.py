"""How Sphinx builds the documentation: ``make docs``."""

from __future__ import annotations

import jupyter_repro

project = "jupyter-repro"
author = "The jupyter-repro contributors"
copyright = author
version = release = jupyter_repro.__version__

extensions = ["myst_parser"]
exclude_patterns = ["_build"]
myst_heading_anchors = 3
# Links to folders and to files outside of docs/ work where the source is read; tests/docs/test_links.py follows all.
suppress_warnings = ["myst.xref_missing"]
html_title = "jupyter-repro"
html_show_copyright = False
