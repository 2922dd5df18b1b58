"""Answers that are kept to be given again are encrypted: some hold a secret that is otherwise shown once (LAW-7)."""

import json

from django.db import migrations

import aftersales.core.encryption
from aftersales.core.encryption import decrypt, encrypt


def _rewritten(connection, convert):
    """Write every kept body anew; there are those of two days. Read and written as text, past the field's own way."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, response_body FROM core_idempotencyrecord WHERE response_body <> ''")
        rows = [(convert(body), pk) for pk, body in cursor.fetchall()]
        cursor.executemany("UPDATE core_idempotencyrecord SET response_body = %s WHERE id = %s", rows)


def encrypted(_apps, schema_editor):
    """A JSON string becomes a token."""
    _rewritten(schema_editor.connection, lambda body: encrypt(json.loads(body)))


def readable(_apps, schema_editor):
    """And back."""
    _rewritten(schema_editor.connection, lambda token: json.dumps(decrypt(token)))


class Migration(migrations.Migration):
    """Encrypt `response_body`."""

    dependencies = [("core", "0007_webhooks")]

    operations = [
        migrations.AlterField(
            model_name="idempotencyrecord",
            name="response_body",
            field=aftersales.core.encryption.EncryptedTextField(default=""),
        ),
        migrations.RunPython(encrypted, readable),
    ]
