"""Photos of a station: from the admin to the page, on whatever storage, and away again."""

import io
import re

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.storage.memory import InMemoryStorage
from django.core.files.uploadedfile import SimpleUploadedFile

from station.lib.photo_sizes import photo_set
from station.models import AuditEvent, StationPhoto
from station.operations.pictures import add_station_photo, describe_station_photo, remove_station_photo
from tests.lib.test_photos import encoded, picture, png_bomb


@pytest.fixture(autouse=True)
def storage(settings):
    """A storage without paths, as a bucket is: it refuses whoever asks for one."""
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": f"{InMemoryStorage.__module__}.InMemoryStorage"}}
    return default_storage


@pytest.fixture
def hang(here, community_admin):
    """``hang(shows="inside", …)``: one more photo of the station."""

    def add(station=None, size=(1000, 600), **fields):
        upload = photo_set(encoded(picture(size), "JPEG"))
        return add_station_photo(station or here.station, upload, by=community_admin, **fields)

    return add


def stored():
    return sorted(default_storage.listdir("stations")[1]) if default_storage.exists("stations") else []


def test_a_photo_is_six_files_a_row_and_a_line_in_the_trail(here, hang, community_admin):
    photo = hang(caption="门口有灯")
    assert len(stored()) == 6
    assert (photo.width, photo.height, photo.alt) == (1000, 600, "建设路驿站门口")
    event = AuditEvent.objects.get()
    assert (event.action, event.actor, event.community) == ("add stationphoto", community_admin, here.community)
    assert event.data == {"shows": "door"}


def test_a_refused_photo_leaves_no_file(here, hang):
    with pytest.raises(ValidationError):
        hang(caption="长" * 41)
    assert stored() == []
    assert not StationPhoto.objects.exists()


def test_a_photo_taken_down_takes_its_files_along(hang, community_admin, django_capture_on_commit_callbacks):
    first, second = hang(), hang()
    with django_capture_on_commit_callbacks(execute=True):
        remove_station_photo(first, by=community_admin)
        assert len(stored()) == 12  # not before it is certain
    assert len(stored()) == 6
    assert all(name.startswith(second.image.name[9:41]) for name in stored())


def test_a_storage_that_does_not_answer_undoes_nothing(
    hang, community_admin, monkeypatch, caplog, django_capture_on_commit_callbacks
):
    photo = hang()
    monkeypatch.setattr(default_storage._wrapped, "delete", lambda name: 1 / 0)
    with django_capture_on_commit_callbacks(execute=True):
        remove_station_photo(photo, by=community_admin)
    assert not StationPhoto.objects.exists()
    assert caplog.text.count("could not remove the file stations/") == 6


def test_the_page_offers_every_size_and_measures_the_picture(client, here, elsewhere, hang):
    second = hang(shows="inside", caption="进门左手", position=2)
    first = hang(position=1)
    hang(elsewhere.station, caption="河东的")
    page = client.get("/stations/lanyuan/").content.decode()
    images = re.findall(r"<img [^>]+>", page)
    assert len(images) == 2
    assert 'alt="建设路驿站门口"' in images[0]
    assert 'alt="建设路驿站里面"' in images[1]
    assert re.findall("<figcaption>([^<]+)<", page) == ["门口", "进门左手"]
    for image, photo in zip(images, (first, second), strict=True):
        stem = photo.image.name[9:41]
        assert f'src="/stations/lanyuan/photos/{stem}-400.jpg"' in image
        assert 'width="1000" height="600"' in image
        assert (
            f'srcset="/stations/lanyuan/photos/{stem}-400.webp 400w, /stations/lanyuan/photos/{stem}-800.webp 800w, '
            f'/stations/lanyuan/photos/{stem}.webp 1000w"'
        ) in page
    assert ['loading="lazy"' in image for image in images] == [False, True]
    assert "河东的" not in page


def test_the_photos_large_on_a_page_of_their_own(client, here, elsewhere, hang, django_assert_num_queries):
    photos = [hang(caption="门"), hang(caption="里"), hang(elsewhere.station, caption="河东的")]
    assert f'href="/stations/lanyuan/photos/#photo-{photos[1].pk}"' in client.get("/stations/lanyuan/").content.decode()
    with django_assert_num_queries(2):
        page = client.get("/stations/lanyuan/photos/").content.decode()
    assert [f'id="photo-{photo.pk}"' in page for photo in photos] == [True, True, False]
    StationPhoto.objects.all().delete()
    assert "还没有照片" in client.get("/stations/lanyuan/photos/").content.decode()
    assert client.get("/stations/nowhere/photos/").status_code == 404


def test_files_are_handed_out_for_good_and_inert(client, hang):
    photo = hang()
    stem = photo.image.name[9:41]
    for name, kind in ((f"{stem}.jpg", "image/jpeg"), (f"{stem}-400.webp", "image/webp")):
        answer = client.get(f"/stations/lanyuan/photos/{name}", headers={"Accept-Encoding": "gzip"})
        assert (answer.status_code, answer["Content-Type"]) == (200, kind)
        assert {"public", "immutable", "max-age=31536000"} <= set(answer["Cache-Control"].split(", "))
        assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "Content-Encoding" not in answer
        assert b"".join(answer) == default_storage.open(f"stations/{name}").read()


def test_what_is_no_photo_of_this_station_is_not_there(client, here, elsewhere, hang):
    photo = hang()
    name = photo.image.name[9:]
    default_storage.save(f"stations/{'0' * 32}.jpg", io.BytesIO(b"nobody's"))
    paths = [
        f"/stations/hedong/photos/{name}",
        f"/stations/lanyuan/photos/{'0' * 32}.jpg",
        f"/stations/lanyuan/photos/{name.replace('.jpg', '-900.jpg')}",
        "/stations/lanyuan/photos/..%2F..%2Fdb.sqlite3",
        "/stations/lanyuan/photos/%00.jpg",
        f"/media/{photo.image.name}",
    ]
    assert [client.get(path).status_code for path in paths] == [404] * len(paths)
    default_storage.delete(photo.image.name)
    assert client.get(f"/stations/lanyuan/photos/{name}").status_code == 404


def test_a_photo_is_described_anew(hang, community_admin):
    photo = hang()
    photo.caption = "换了新门"
    describe_station_photo(photo, by=community_admin, fields=["caption"])
    photo.refresh_from_db()
    assert photo.caption == "换了新门"
    assert AuditEvent.objects.get(action="change stationphoto").data == {"fields": ["caption"]}


# --- in the admin -----------------------------------------------------------------------------------------------------
def change_page(station):
    return f"/admin/station/station/{station.pk}/change/"


def typed_in(browser, station):
    """What a browser sends back of the station's page when nothing was changed."""
    page = browser.get(change_page(station))
    data = {}
    form = page.context["adminform"].form
    forms = [form] + [row for inline in page.context["inline_admin_formsets"] for row in inline.formset.forms]
    for inline in page.context["inline_admin_formsets"]:
        for field in inline.formset.management_form:
            data[field.html_name] = field.value()
    for one in forms:
        for field in one:
            if field.value() is not None and field.value() is not False and field.name != "upload":
                data[field.html_name] = field.value()
    return data


def new_photo(data, content, name="door.jpg", **fields):
    given = {"shows": "door", "caption": "门口", "position": "1"} | fields
    row = int(data["photos-TOTAL_FORMS"])
    data = data | {"photos-TOTAL_FORMS": row + 1}
    data |= {f"photos-{row}-{field}": value for field, value in given.items()}
    return data | ({f"photos-{row}-upload": SimpleUploadedFile(name, content)} if content is not None else {})


def test_staff_add_describe_and_remove(here, hang, signed_in, community_admin, django_capture_on_commit_callbacks):
    gone, kept = hang(position=1), hang(position=2)
    browser = signed_in(community_admin)
    data = new_photo(typed_in(browser, here.station), encoded(picture((900, 600)), "PNG").getvalue(), "photo.txt")
    data |= {"photos-0-DELETE": "on", "photos-1-caption": "改了"}
    with django_capture_on_commit_callbacks(execute=True):
        assert browser.post(change_page(here.station), data).status_code == 302
    photos = list(StationPhoto.objects.order_by("pk"))
    assert [photo.caption for photo in photos] == ["改了", "门口"]
    assert photos[0].pk == kept.pk
    assert photos[0].image == kept.image
    assert not StationPhoto.objects.filter(pk=gone.pk).exists()
    assert len(stored()) == 12
    actions = list(AuditEvent.objects.order_by("number").values_list("action", flat=True))
    assert actions[2:] == ["change station", "delete stationphoto", "change stationphoto", "add stationphoto"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (png_bomb(20_000, 20_000).getvalue(), "照片尺寸太大，请选 2400 万像素以内的。"),
        (b"<html><script>alert(1)</script></html>", "这不是能用的照片，请选 JPG、PNG、WebP 或 HEIC。"),
        (encoded(picture((90, 60)), "JPEG").getvalue()[:500], "照片打不开，可能没传完整，请重拍或换一张。"),
        (b"", "所提交的是空文件。"),
        (None, "请选一个文件；别的地方填错时，文件要重新选一次。"),
    ],
)
def test_a_refused_upload_keeps_the_rest_of_the_form(here, signed_in, community_admin, content, said):
    browser = signed_in(community_admin)
    data = new_photo(typed_in(browser, here.station), content, caption="拍得好")
    answer = browser.post(change_page(here.station), data | {"way_in": "刚打的字"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert [text in page for text in (said, "刚打的字", "拍得好")] == [True] * 3
    here.station.refresh_from_db()
    assert (here.station.way_in, StationPhoto.objects.count(), stored()) == ("", 0, [])


def test_a_polyglot_is_stored_as_a_picture_only(here, signed_in, community_admin):
    polyglot = encoded(picture((90, 60)), "JPEG", comment=b"<script>alert(1)</script>").getvalue() + b"<script>"
    browser = signed_in(community_admin)
    data = new_photo(typed_in(browser, here.station), polyglot)
    assert browser.post(change_page(here.station), data).status_code == 302
    assert len(stored()) == 2
    assert all(b"script" not in default_storage.open(f"stations/{name}").read() for name in stored())


def test_who_may_not_is_not_asked_and_not_heard(here, elsewhere, hang, signed_in, community_admin, keeper):
    photo = hang(elsewhere.station)
    admin = signed_in(community_admin)
    assert admin.get(change_page(elsewhere.station)).status_code == 404
    browser = signed_in(keeper)
    page = browser.get(change_page(here.station)).content.decode()
    assert 'name="photos-' not in page
    data = new_photo({"photos-TOTAL_FORMS": 0, "photos-INITIAL_FORMS": 0}, encoded(picture(), "PNG").getvalue())
    assert browser.post(change_page(here.station), data).status_code == 403
    assert list(StationPhoto.objects.all()) == [photo]
