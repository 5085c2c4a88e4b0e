"""An enterprise's way through the ledger."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from ledger.models import Enterprise
from ledger.operations import enterprises

CODE = "91350100M000100Y43"


def test_an_enterprise_is_registered_changed_leaves_and_returns(make_enterprise, community_admin):
    enterprise = make_enterprise(
        credit_code=" 91350100m000100y43 ", contact_phone="139 0000 0001", contact_name="郭 振华"
    )
    assert (enterprise.number, enterprise.credit_code) == ("JSL-Q0001", CODE)
    assert (enterprise.contact_phone, enterprise.contact_name) == ("13900000001", "郭振华")
    enterprise = enterprises.confirm_enterprise(enterprise, by=community_admin)
    enterprise = enterprises.change_enterprise(
        enterprise, {"worker_count": 20, "member_count": 3}, by=community_admin, reason="季度更新"
    )
    enterprise = enterprises.leave_enterprise(enterprise, by=community_admin, reason="注销")
    assert (enterprise.state, enterprise.left_on) == (Enterprise.State.LEFT, timezone.localdate())
    with pytest.raises(ValidationError, match="现在是“已迁出或注销”"):
        enterprises.confirm_enterprise(enterprise, by=community_admin)
    enterprise = enterprises.return_enterprise(enterprise, by=community_admin, reason="误报")
    assert enterprise.state == Enterprise.State.ACTIVE
    reasons = enterprise.history.order_by("history_id").values_list("history_change_reason", flat=True)
    assert list(reasons) == ["", "", "季度更新", "注销", "误报"]


def test_the_same_credit_code_is_refused_naming_its_entry(make_enterprise):
    make_enterprise(credit_code=CODE)
    with pytest.raises(ValidationError) as refusal:
        make_enterprise("又一家", credit_code=CODE)
    assert refusal.value.message_dict == {"credit_code": ["本社区台账里已经有这个信用代码的企业：JSL-Q0001。"]}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"member_count": 5}, "党员人数不能多于从业人数。"),
        ({"no_party_reason": ""}, "未组建党组织的，请写明原因。"),
        ({"credit_code": "9135"}, "统一社会信用代码是 18 位数字和大写字母，不含 I、O、S、V、Z。"),
    ],
)
def test_a_wrong_change_is_refused(make_enterprise, community_admin, changes, message):
    enterprise = make_enterprise()
    with pytest.raises(ValidationError) as refusal:
        enterprises.change_enterprise(enterprise, changes, by=community_admin, reason="更新")
    assert refusal.value.messages == [message]
