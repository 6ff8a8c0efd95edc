"""A new database's site starts at our own home page, and what Wagtail put there has Chinese names."""

from typing import Any

from django.db import migrations


def first_site(apps: Any, schema_editor: Any) -> None:
    """Put a home page where Wagtail's first migration left its welcome page."""
    content_type = apps.get_model("contenttypes", "ContentType")
    page = apps.get_model("wagtailcore", "Page")
    site = apps.get_model("wagtailcore", "Site")
    locale = apps.get_model("wagtailcore", "Locale")
    home_page = apps.get_model("disclosure_pages", "HomePage")
    if home_page.objects.exists():
        return
    plain, _ = content_type.objects.get_or_create(model="page", app_label="wagtailcore")
    kind, _ = content_type.objects.get_or_create(model="homepage", app_label="disclosure_pages")
    root = page.objects.filter(depth=1).order_by("path").first()
    welcome = page.objects.filter(content_type=plain, slug="home", depth=2, numchild=0).first()
    if root is None or welcome is None:
        return
    path = welcome.path
    # The welcome page takes its site with it; both are made anew.
    welcome.delete()
    home = home_page.objects.create(
        title="首页",
        draft_title="首页",
        slug="home",
        content_type=kind,
        path=path,
        depth=2,
        numchild=0,
        url_path="/home/",
        locale=locale.objects.order_by("pk").first(),
        live=True,
    )
    site.objects.create(hostname="localhost", root_page_id=home.pk, is_default_site=True)


def chinese_names(apps: Any, schema_editor: Any) -> None:
    """Rename what editors meet of the rows that Wagtail's first migrations write in English."""
    apps.get_model("wagtailcore", "Page").objects.filter(depth=1, title="Root").update(
        title="网站", draft_title="网站"
    )
    apps.get_model("wagtailcore", "Collection").objects.filter(depth=1, name="Root").update(name="未分类")
    for model in ("Workflow", "Task"):
        apps.get_model("wagtailcore", model).objects.filter(name="Moderators approval").update(
            name="发布审核"
        )


class Migration(migrations.Migration):
    """Data only."""

    dependencies = [
        ("disclosure_pages", "0001_initial"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
    ]

    operations = [
        migrations.RunPython(first_site, migrations.RunPython.noop),
        migrations.RunPython(chinese_names, migrations.RunPython.noop),
    ]
