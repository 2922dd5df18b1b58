"""A parcel of any direction, with where it is, and its scans (LOG-6, RET-1)."""

import django.db.models.deletion
import django_fsm
from django.db import migrations, models


class Migration(migrations.Migration):
    """New columns and the table of scans; what earlier parcels have in them comes with the next migration."""

    dependencies = [
        ("logistics", "0002_carriers"),
        ("orders", "0004_search_by_person"),
        ("refunds", "0016_disputes_have_their_time"),
    ]

    operations = [
        migrations.CreateModel(
            name="ParcelScan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("occurred_at", models.DateTimeField(verbose_name="when")),
                ("code", models.CharField(max_length=8, verbose_name="code")),
                ("place", models.CharField(blank=True, max_length=120, verbose_name="place")),
                ("text", models.CharField(blank=True, max_length=500, verbose_name="text")),
                ("source", models.CharField(max_length=24)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "scan",
                "verbose_name_plural": "scans",
                "ordering": ["occurred_at", "id"],
            },
        ),
        migrations.AddField(
            model_name="parcel",
            name="corrected_from",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="logistics.parcel"
            ),
        ),
        migrations.AddField(
            model_name="parcel",
            name="denied_at",
            field=models.DateTimeField(help_text="when the buyer said that he does not have it", null=True),
        ),
        migrations.AddField(
            model_name="parcel",
            name="direction",
            field=models.CharField(
                choices=[("out", "To the buyer"), ("return", "Return"), ("replacement", "Replacement")],
                default="out",
                max_length=12,
                verbose_name="direction",
            ),
        ),
        migrations.AddField(
            model_name="parcel",
            name="last_code",
            field=models.CharField(blank=True, max_length=8),
        ),
        migrations.AddField(
            model_name="parcel",
            name="last_scan_at",
            field=models.DateTimeField(null=True, verbose_name="last scan"),
        ),
        migrations.AddField(
            model_name="parcel",
            name="last_text",
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name="parcel",
            name="lost_at",
            field=models.DateTimeField(help_text="when it was given up as lost", null=True),
        ),
        migrations.AddField(
            model_name="parcel",
            name="recalled_at",
            field=models.DateTimeField(help_text="when the carrier was asked to bring it back (LOG-5)", null=True),
        ),
        migrations.AddField(
            model_name="parcel",
            name="refund",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="parcels", to="refunds.refund"
            ),
        ),
        migrations.AddField(
            model_name="parcel",
            name="status",
            field=django_fsm.FSMField(
                choices=[
                    ("wait_pickup", "Waiting to be picked up"),
                    ("picked_up", "Picked up"),
                    ("in_transit", "In transit"),
                    ("out_for_delivery", "Out for delivery"),
                    ("at_pickup_point", "At a pick-up point"),
                    ("problem", "Problem"),
                    ("returning", "Going back to its sender"),
                    ("signed", "Signed for"),
                    ("returned", "Back with its sender"),
                    ("denied", "Signed for, the buyer denies it"),
                    ("lost", "Lost"),
                    ("superseded", "Number corrected"),
                ],
                default="wait_pickup",
                max_length=20,
                protected=True,
                verbose_name="status",
            ),
        ),
        migrations.AddField(
            model_name="parcel",
            name="superseded_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="parcel",
            name="updated_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="parcel",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AlterField(
            model_name="parcel",
            name="shipped_at",
            field=models.DateTimeField(verbose_name="handed over"),
        ),
        migrations.AddField(
            model_name="parcelscan",
            name="parcel",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="scans", to="logistics.parcel"
            ),
        ),
        migrations.AddConstraint(
            model_name="parcelscan",
            constraint=models.UniqueConstraint(
                fields=("parcel", "occurred_at", "code", "text"), name="scan_counts_once"
            ),
        ),
    ]
