"""How the tests tap at a door: fetch the page, send its form."""

import re

DOOR = "/s/lanyuan/"
THANKS = "/s/lanyuan/thanks/"


def token_on(page):
    """The token in the form of a page of a door."""
    return re.search(r'name="token" value="([^"]+)"', page.content.decode())[1]


def tap(client, occupation="courier", *, door=DOOR, token=None, **options):
    """One tap; with the `token` of a page fetched before, or of one fetched now."""
    token = token_on(client.get(door)) if token is None else token
    return client.post(door, {"occupation": occupation, "token": token}, **options)


def without_cookies(client):
    """The same browser after it threw away every cookie."""
    client.cookies.clear()
    return client
