"""How every failure is told."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from jupyter_repro.api.schemas.base import Answer, Text


class FieldProblem(Answer):
    """One thing wrong with a request."""

    where: Text = Field(description="`body`, `query` or `path`, then the field: `body.message`.")
    message: Text = Field(description="What is wrong with it, in words.")


class Problem(Answer):
    """Every answer with a status of 400 or more. Match on `code`; show `message`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "code": "branch_exists",
                    "message": "There is a branch 'main' already: choose another.",
                    "problems": [],
                }
            ]
        }
    )

    code: str = Field(description="Stable word for machines: `commit_not_found`, `branch_held`, `invalid_request`, ...")
    message: Text = Field(description="What happened, to which thing, and what to do.")
    problems: list[FieldProblem] = Field(description="Field by field, when the request itself was malformed.")
