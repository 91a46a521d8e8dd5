"""What travels over the wire: pydantic models, one module a noun.

The OpenAPI document and, from it, the TypeScript types are generated from these classes, so a field's
docstring here is the documentation that a client reads. Answers carry every field always (None where there
is nothing to say), requests refuse fields they do not know.
"""

from __future__ import annotations
