"""Serial numbers and service points (WAR-2, WAR-3)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("orders", "0006_lines_are_found_by_item"),
    ]

    operations = [
        migrations.CreateModel(
            name="ServicePoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("province", models.CharField(max_length=20, verbose_name="province")),
                ("city", models.CharField(max_length=20, verbose_name="city")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("address", models.CharField(max_length=200, verbose_name="address")),
                ("phone", models.CharField(max_length=40, verbose_name="phone")),
                ("hours", models.CharField(blank=True, max_length=80, verbose_name="hours")),
            ],
            options={
                "verbose_name": "service point",
                "verbose_name_plural": "service points",
                "ordering": ["province", "city", "name"],
                "constraints": [
                    models.UniqueConstraint(fields=("province", "city", "name"), name="service_point_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("province", ""), _negated=True),
                            models.Q(("city", ""), _negated=True),
                            models.Q(("name", ""), _negated=True),
                            models.Q(("address", ""), _negated=True),
                            models.Q(("phone", ""), _negated=True),
                        ),
                        name="service_point_can_be_found",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SerialNumber",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "unit",
                    models.PositiveSmallIntegerField(
                        default=1, help_text="which of the line's units, from 1", verbose_name="unit"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("imei", "IMEI"), ("meid", "MEID"), ("other", "Serial number")],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("serial", models.CharField(max_length=40, verbose_name="serial number")),
                (
                    "why",
                    models.CharField(
                        choices=[("sold", "Sold"), ("exchanged", "Exchanged"), ("repaired", "Repaired")],
                        max_length=12,
                        verbose_name="why",
                    ),
                ),
                ("recorded_by", models.CharField(max_length=60, verbose_name="recorded by")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded")),
                ("superseded_at", models.DateTimeField(null=True, verbose_name="replaced")),
                (
                    "order_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="serial_numbers",
                        to="orders.orderline",
                    ),
                ),
            ],
            options={
                "verbose_name": "serial number",
                "verbose_name_plural": "serial numbers",
                "ordering": ["id"],
                "indexes": [models.Index(fields=["serial"], name="serial_number")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)),
                        fields=("order_line", "unit"),
                        name="one_serial_of_a_unit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("serial", ""), _negated=True), ("unit__gt", 0)),
                        name="serial_is_said",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "imei"), _negated=True), ("serial__regex", "^\\d{15}$"), _connector="OR"
                        ),
                        name="serial_imei_has_its_form",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "meid"), _negated=True),
                            ("serial__regex", "^[0-9A-F]{14,15}$"),
                            _connector="OR",
                        ),
                        name="serial_meid_has_its_form",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("superseded_at", None), ("superseded_at__gte", models.F("recorded_at")), _connector="OR"
                        ),
                        name="serial_replaced_after_recorded",
                    ),
                ],
            },
        ),
    ]
