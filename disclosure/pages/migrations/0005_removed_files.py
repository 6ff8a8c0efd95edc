"""By what a public file that was taken out is known again; those of before by what their events say."""

import json
from typing import Any

from django.db import migrations, models

import portal.clock
from portal.sealing.keys import keyed_hash

PURPOSE = "publicity-redaction"


def known_from_events(apps: Any, schema_editor: Any) -> None:
    """Take the digests of files that were taken out before from the events that tell of it."""
    removed = apps.get_model("disclosure_pages", "RemovedFile")
    events = apps.get_model("portal_ledger", "Event").objects.filter(kind="publicity.redacted")
    redactions = apps.get_model("disclosure_publicity", "Redaction").objects
    for event in events.order_by("sequence").iterator():
        body = json.loads(event.record)["body"]
        if body.get("target") != "upload" or not body.get("file_sha1"):
            continue
        done = redactions.filter(pk=int(event.object_id)).first()
        what = dict(redactions.model._meta.get_field("datum").choices).get(done.datum) if done else None
        removed.objects.get_or_create(
            digest=keyed_hash(body["file_sha1"], PURPOSE),
            defaults={"what": str(what or "个人信息"), "removed_at": event.recorded_at},
        )


class Migration(migrations.Migration):
    dependencies = [
        ("disclosure_pages", "0004_redactions"),
        ("disclosure_publicity", "0009_contents_outages_redactions"),
        ("portal_ledger", "0003_trail_indices"),
    ]

    operations = [
        migrations.CreateModel(
            name="RemovedFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("what", models.CharField(max_length=60, verbose_name="删去的是什么")),
                ("removed_at", models.DateTimeField(default=portal.clock.now)),
            ],
            options={"verbose_name": "删去的公开文件"},
        ),
        migrations.RunPython(known_from_events, migrations.RunPython.noop),
    ]
