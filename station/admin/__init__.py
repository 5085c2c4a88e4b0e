"""The staff's site: Django's own admin, declared, with buttons that call operations."""

from station.admin import audit, notices, people, places

__all__ = ["audit", "notices", "people", "places"]
