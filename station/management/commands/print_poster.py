"""``manage.py print_poster FILE.pdf [CODE …]``: the posters for the doors of these stations, or of all in use."""

import io
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from station.models import Station
from station.posters import posters_of, write_posters


class Command(BaseCommand):
    help = "Writes door posters as one PDF, a sheet a station."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("codes", nargs="*", metavar="CODE", help="without any: every station in use")
        parser.add_argument("--anyway", action="store_true", help="print although some characters are in no font")

    def handle(self, *args, file, codes, anyway, **options):
        stations = Station.objects.filter(code__in=codes) if codes else Station.objects.exclude(state="closed")
        unknown = set(codes) - set(stations.values_list("code", flat=True))
        if unknown:
            raise CommandError(f"there is no station {', '.join(sorted(unknown))}")
        posters, written = posters_of(stations.order_by("community", "name")), io.BytesIO()
        try:
            write_posters(posters, written, anyway=anyway)
            file.write_bytes(written.getvalue())
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except OSError as error:
            raise CommandError(f"cannot write {file}: {error.strerror}") from error
        self.stdout.write(self.style.SUCCESS(f"{file}: {len(posters)} posters"))
