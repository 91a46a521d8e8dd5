"""Environments: what software a workspace runs in, how it is made, and what was really installed.

A *definition* says what is wanted, a *lock* what was resolved, a *snapshot* what is there. All three are texts
named by their BLAKE3, so a commit can carry them. Engines make environments from definitions and locks. This room
never starts a kernel and never touches the files of a workspace; it imports no database.
"""

from __future__ import annotations
