"""The page of a station for the community's administrator."""

import pytest

from station.models import Station

OUTSIDE = "经纬度不在中国范围内，是不是填反了？纬度约 3–54，经度约 73–136。"


def change(browser, station, **values):
    page = f"/admin/station/station/{station.pk}/change/"
    form = browser.get(page).context["adminform"].form
    data = {name: form[name].value() for name in form.fields if form[name].value() is not None} | values
    for prefix in ("photos", "weekly_hours", "special_days", "amenities"):
        data |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    return browser.post(page, data)


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [("112.923400", "27.842100"), ("112.9", "27.8"), ("35.68", "139.69"), ("51.5", "-0.12"), ("27.84", "1129234.5")],
)
def test_coordinates_swapped_or_abroad_are_refused_in_words(signed_in, community_admin, here, latitude, longitude):
    refused = change(signed_in(community_admin), here.station, name="新名字", latitude=latitude, longitude=longitude)
    assert refused.status_code == 422
    assert OUTSIDE in refused.text
    assert "位数字" not in refused.text.replace(OUTSIDE, "")
    assert ('value="新名字"' in refused.text, f'value="{latitude}"' in refused.text) == (True, True)
    assert Station.objects.get(pk=here.station.pk).name == "建设路驿站"


def test_coordinates_in_china_are_taken(signed_in, community_admin, here):
    assert change(signed_in(community_admin), here.station, latitude="27.85", longitude="112.95").status_code == 302
    assert str(Station.objects.get(pk=here.station.pk).latitude) == "27.850000"
