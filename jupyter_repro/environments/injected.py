"""The variables that kernels, scripts and runs find set, so that code can know what it runs in."""

from __future__ import annotations

from collections.abc import Mapping


def injected_variables(
    own: Mapping[str, str],
    *,
    project: str = "",
    commit: str = "",
    environment: str = "",
    revision: int | None = None,
    run: str = "",
    exit_code: int | None = None,
) -> dict[str, str]:
    """The variables of a definition (``own``), and ours for what is known.

    REPRO_PROJECT is the project's name, REPRO_COMMIT the id of the commit that is run, REPRO_ENVIRONMENT the name of
    the environment, REPRO_REVISION its number, REPRO_RUN_ID the id of the run; REPRO_EXIT_CODE tells the script
    post-run how the work ended.
    """
    known = {
        "REPRO_PROJECT": project,
        "REPRO_COMMIT": commit,
        "REPRO_ENVIRONMENT": environment,
        "REPRO_REVISION": "" if revision is None else str(revision),
        "REPRO_RUN_ID": run,
        "REPRO_EXIT_CODE": "" if exit_code is None else str(exit_code),
    }
    return {**own, **{name: value for name, value in known.items() if value}}
