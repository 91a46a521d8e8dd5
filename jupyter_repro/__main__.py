"""``python -m jupyter_repro`` is ``jupyter-repro``."""

from __future__ import annotations

from jupyter_repro.cli.main import main

if __name__ == "__main__":
    main()
