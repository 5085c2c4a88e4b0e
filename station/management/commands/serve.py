"""``manage.py serve``: what ``make run`` does once everything is installed."""

import os
import sys

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from station.demo import PASSWORD, RIDER_PHONE, STAFF
from station.models import Community, Station


class Command(BaseCommand):
    help = "Migrates, loads the demo into an empty database (in demo mode), prints the addresses, becomes gunicorn."

    def handle(self, *args, **options):
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0)
        if settings.DEMO:
            call_command("demo", if_empty=True, verbosity=0)
        self.stdout.write(self.welcome())
        self.stdout.flush()
        connection.close()
        gunicorn = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "station.wsgi"]
        os.chdir(settings.BASE_DIR)
        os.execv(sys.executable, gunicorn)  # noqa: S606 - this process becomes the server, so signals reach it

    def welcome(self):
        """The addresses, and in demo mode who can sign in."""
        url = settings.PUBLIC_URL
        lines = ["", f"  暖心驿站 · Rest Station   {url}/", f"  工作台 admin              {url}/admin/"]
        station, community = Station.objects.order_by("pk").first(), Community.objects.order_by("pk").first()
        if station and community:
            lines += [f"  门口二维码 door           {url}{station.door_path}"]
            lines += [f"  大屏 wall screen          {url}{community.get_absolute_url()}"]
        if settings.DEMO:
            lines += ["", "  演示环境，人和事都是虚构的 · demo mode, everybody in it is invented"]
            lines += [f"  骑手 rider                {RIDER_PHONE}（验证码显示在页面上 · code shown on the page）"]
            lines += [f"  {role.label!s:<8} {login:<12} 密码 password: {PASSWORD}" for login, _name, role in STAFF]
        return "\n".join([*lines, ""])
