"""Without a network: the last list is still there, says how old it is, and keeps nothing about the rider."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import sign_in_by_phone

NOTE = re.compile(r"没有网络，这是 1 分钟前看到的")


def kept(page):
    """The addresses the phone keeps, without their host."""
    return page.evaluate(
        """(async () => {
          const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
          const requests = (await Promise.all(caches_.map((cache) => cache.keys()))).flat();
          return requests.map(({ url }) => new URL(url).pathname + new URL(url).search);
        })()"""
    )


def wait_for_worker(page):
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    page.wait_for_function("caches.match('/stations/').then(Boolean)")


def test_the_last_list_without_a_network(open_page):
    page = open_page("/stations/")
    names = page.locator("article.card h3").all_inner_texts()
    assert len(names) > 2
    expect(page.locator(".offline-note")).to_be_hidden()
    wait_for_worker(page)
    page.goto("/stations/?near=27.842,112.923")
    page.goto("/stations/lanyuan/")
    page.wait_for_function("caches.match('/stations/lanyuan/').then(Boolean)")
    page.context.set_offline(True)
    page.goto("/stations/?q=暖")
    expect(page.locator(".offline-note")).to_have_text(NOTE)
    assert sorted(page.locator("article.card h3").all_inner_texts()) == sorted(names)
    assert (
        page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgba(0, 0, 0, 0)"
    )  # its style is kept, too
    page.goto("/stations/lanyuan/")
    expect(page.locator(".offline-note")).to_have_text(NOTE)
    expect(page.get_by_role("heading", level=1)).to_contain_text("驿站")
    page.context.set_offline(False)
    page.goto("/stations/")
    expect(page.locator(".offline-note")).to_be_hidden()


def test_the_phone_keeps_neither_place_nor_words_nor_own_pages(open_page, new_phone):
    page = open_page("/stations/")
    wait_for_worker(page)
    page.goto("/stations/?near=27.842,112.923&q=lyn")
    page.goto("/sign-in/")
    sign_in_by_phone(page, new_phone)
    for path in ("/me/", "/bookings/", "/stations/", "/"):
        page.goto(path)
    addresses = kept(page)
    assert "/stations/" in addresses
    assert [address for address in addresses if not re.fullmatch(r"/(stations/(\w+/)?|static/.*)?", address)] == []
    assert [address for address in addresses if "?" in address and "/static/" not in address] == []
    page.context.set_offline(True)
    page.goto("/stations/")
    assert new_phone[-4:] not in page.content()
