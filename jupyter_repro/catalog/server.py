"""A catalogue on a PostgreSQL server: which addresses are taken, and how they are shown without their secrets."""

from __future__ import annotations

import ssl

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from jupyter_repro.errors import InvalidConfiguration

_SCHEMES = ("postgresql", "postgres", "postgresql+pg8000")
_OPTIONS = frozenset({"application_name", "sslmode", "sslrootcert", "unix_sock"})
_SSL_MODES = ("disable", "prefer", "require", "verify-full")


def server_url(address: str) -> URL:
    """The URL that a setting gives as text, with its driver.

    Raises InvalidConfiguration when it is no address of a PostgreSQL database. What it says never repeats the
    address, in which a password may stand.
    """
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        raise InvalidConfiguration(f"The catalogue's address cannot be read: {_ADVICE}.") from None
    if url.drivername not in _SCHEMES:
        raise InvalidConfiguration(
            f"The catalogue's address begins with {url.drivername}://, and only PostgreSQL is spoken to: {_ADVICE}."
        )
    if not url.database or not (url.host or "unix_sock" in url.query):
        raise InvalidConfiguration(f"The catalogue's address names no host or no database: {_ADVICE}.")
    unknown = sorted(url.query.keys() - _OPTIONS)
    if unknown:
        raise InvalidConfiguration(
            f"The catalogue's address has the option {unknown[0]!r}: it may have {', '.join(sorted(_OPTIONS))}."
        )
    if url.query.get("sslmode", "prefer") not in _SSL_MODES:
        raise InvalidConfiguration(f"The catalogue's address has an sslmode that is none of {', '.join(_SSL_MODES)}.")
    return url.set(drivername="postgresql+pg8000")


_ADVICE = "write it as postgresql://USER:PASSWORD@HOST:PORT/DATABASE, with %40 for an @ in the password"


def driver_arguments(url: URL) -> tuple[URL, dict[str, object]]:
    """``url`` without the options that libpq knows and the driver does not, and what they mean to the driver.

    Raises InvalidConfiguration when ``sslrootcert`` cannot be read.
    """
    mode = url.query.get("sslmode", "prefer")
    root = url.query.get("sslrootcert")
    plain = url.difference_update_query(["sslmode", "sslrootcert"])
    if mode == "disable":
        return plain, {"ssl_context": False}
    if mode == "require":
        return plain, {"ssl_context": True}
    if mode == "verify-full":
        try:
            return plain, {"ssl_context": ssl.create_default_context(cafile=None if root is None else str(root))}
        except (OSError, ssl.SSLError) as error:
            raise InvalidConfiguration(
                f"The certificates {root} that the catalogue's address names cannot be read "
                f"({error.strerror or error}): correct sslrootcert."
            ) from error
    return plain, {}


def shown(url: URL) -> str:
    """``url`` as people may see it: who, where and which database, and no password or option."""
    return URL.create(url.drivername, url.username, None, url.host, url.port, url.database).render_as_string()


def without_secrets(words: str, url: URL) -> str:
    """What a driver said about ``url``, with the password left out, should it stand there."""
    secret = str(url.password or "")
    return words.replace(secret, "***") if secret else words
