"""Databases to measure in: one kept for each size, and a copy of it for each measure that changes something."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg2 import sql

from aftersales.core import embedded_postgres

from . import data

VERSION = 4
"""Part of the names; to be raised when `data` makes something else."""


@contextmanager
def server() -> Iterator[None]:
    """Use the server of DATABASE_URL, or one of our own that is gone afterwards."""
    if settings.DATABASE_URL != settings.EMBEDDED_DATABASE:
        yield
        return
    own = embedded_postgres.temporary_server()
    os.environ["DATABASE_URL"] = own.start()  # for the measures that start a process
    connection.settings_dict["OPTIONS"]["host"] = str(own.socket_folder)
    try:
        yield
    finally:
        connection.close()
        embedded_postgres.discard(own)


def administer(*statements: tuple[str, str]) -> None:
    """Run statements (with one name each) from beside the databases; nobody may be connected to those."""
    connection.close()
    params = connection.get_connection_params() | {"dbname": "postgres"}
    kept = {
        name: value for name, value in params.items() if value and name not in ("cursor_factory", "client_encoding")
    }
    beside = psycopg2.connect(**kept)
    beside.autocommit = True
    with beside.cursor() as cursor:
        for statement, name in statements:
            cursor.execute(sql.SQL(statement).format(sql.Identifier(name)))
    beside.close()


def use(name: str) -> None:
    """Connect to this database from now on."""
    connection.close()
    connection.settings_dict["NAME"] = name


def names() -> set[str]:
    """Give the databases that the server has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database")
        return {row[0] for row in cursor.fetchall()}


def of_size(requests: int) -> str:
    """Give the name of the database with that many requests, made if it is not there; it is never written to."""
    use("postgres")
    name = f"aftersales_bench_{VERSION}_{requests}"
    if name not in names():
        making = f"{name}_made_{os.getpid()}"
        administer(("CREATE DATABASE {}", making))
        use(making)
        try:
            call_command("migrate", verbosity=0)
            data.fill(requests)
        except BaseException:
            administer(("DROP DATABASE IF EXISTS {}", making))
            raise
        administer((f"ALTER DATABASE {{}} RENAME TO {name}", making))
    return name


@contextmanager
def copy_of(name: str, **settings: Any) -> Iterator[str]:
    """Work in a copy that is thrown away afterwards."""
    copied = f"{name}_copy_{os.getpid()}"
    administer(("DROP DATABASE IF EXISTS {} WITH (FORCE)", copied), (f"CREATE DATABASE {{}} TEMPLATE {name}", copied))
    use(copied)
    try:
        yield copied
    finally:
        administer(("DROP DATABASE IF EXISTS {} WITH (FORCE)", copied))
        use(name)
