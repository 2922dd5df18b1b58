"""What must hold of parcels whoever writes them: one that counts for a request, a status only with its log row."""

from django.db import migrations, models

from aftersales.core.migration_sql import guard_status


class Migration(migrations.Migration):
    """Constraints, indexes and the triggers of the status."""

    dependencies = [("logistics", "0004_parcels_have_a_status")]

    operations = [
        migrations.AlterField(
            model_name="parcel",
            name="updated_at",
            field=models.DateTimeField(),
        ),
        migrations.AddIndex(
            model_name="parcel",
            index=models.Index(
                condition=models.Q(("status", "wait_pickup")), fields=["shop", "id"], name="parcel_no_scan"
            ),
        ),
        migrations.AddIndex(
            model_name="parcel",
            index=models.Index(
                condition=models.Q(
                    (
                        "status__in",
                        ("picked_up", "in_transit", "out_for_delivery", "at_pickup_point", "problem", "returning"),
                    )
                ),
                fields=["shop", "id"],
                name="parcel_moving",
            ),
        ),
        migrations.AddIndex(
            model_name="parcel",
            index=models.Index(fields=["shop", "updated_at", "id"], name="parcel_updated"),
        ),
        migrations.AddConstraint(
            model_name="parcel",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("direction", "out"), ("refund", None)),
                    models.Q(models.Q(("direction", "out"), _negated=True), ("refund__isnull", False)),
                    _connector="OR",
                ),
                name="parcel_of_a_request",
            ),
        ),
        migrations.AddConstraint(
            model_name="parcel",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("last_code", ""), ("last_scan_at", None)),
                    models.Q(models.Q(("last_scan_at__isnull", False)), models.Q(("last_code", ""), _negated=True)),
                    _connector="OR",
                ),
                name="parcel_last_scan",
            ),
        ),
        migrations.AddConstraint(
            model_name="parcel",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(models.Q(("status", "superseded"), _negated=True), ("superseded_at", None)),
                    models.Q(("status", "superseded"), ("superseded_at__isnull", False)),
                    _connector="OR",
                ),
                name="parcel_superseded",
            ),
        ),
        migrations.AddConstraint(
            model_name="parcel",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(models.Q(("status", "lost"), _negated=True), ("lost_at__isnull", False), _connector="OR"),
                    models.Q(
                        models.Q(("status", "denied"), _negated=True), ("denied_at__isnull", False), _connector="OR"
                    ),
                ),
                name="parcel_said_by_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="parcel",
            constraint=models.UniqueConstraint(
                condition=models.Q(("refund__isnull", False), models.Q(("status", "superseded"), _negated=True)),
                fields=("refund", "direction"),
                name="one_current_parcel",
            ),
        ),
        migrations.RunSQL(*guard_status("logistics_parcel", "parcel", ("superseded",))),
    ]
