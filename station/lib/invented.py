"""Names of people and places that do not exist, drawn the way real ones are distributed. For bulk data only.

Surnames by their share among the registered population, rounded; most given names have two characters; one person in
sixty bears a dotted minority name, one in a thousand a character beyond the basic plane.
"""

from itertools import accumulate
from random import Random

_SURNAMES = (  # per ten thousand
    "王715 李705 张675 刘535 陈450 杨308 黄223 赵210 吴203 周195 徐164 孙151 马128 朱124 胡121 郭118 何116 高108 林107 "
    "罗101 郑96 梁95 谢88 宋81 唐80 许75 韩74 冯73 邓70 曹69 彭68 曾67 肖66 田64 董60 袁58 潘57 于56 蒋54 蔡54 余53 "
    "杜52 叶51 程50 苏49 魏48 吕47 丁46 任45 沈44 姚42 卢42 姜40 崔39 钟38 谭38 陆37 汪36 范36 金35 石35 廖34 贾33 "
    "夏33 韦32 付32 方31 白31 邹30 孟29 熊29 秦28 邱28 江27 尹26 薛26 闫25 段25 雷24 侯23 龙23 史22 陶22 黎21 贺20 "
    "顾20 毛19 郝19 龚18 邵18 万17 钱17 严16 覃16 武15 戴15 莫14 孔13 向13 汤12 欧阳11 上官2 诸葛1 司马1 皇甫1"
)
_GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国文辉力红梅春海燕云龙飞鹏志晓小林森波鑫浩宇轩佳怡欣悦"
    "子涵雨婷嘉俊豪思远天翔家成立新永福庆荣金凤银花翠莲长江东升学友德胜宝根水生大山冬雪秋菊兴旺景程瑞祥泽民润"
)
_SINGLE_GIVEN = 0.28  # the share of given names with one character
_MINORITY = 1 / 60
_RARE = 1 / 1000
_RARE_GIVEN = ["䶮", "𬱟", "㛃", "𫖯", "𬭚", "𬀩"]
_MINORITY_FIRST = ["买买提", "阿卜杜拉", "古丽娜尔", "艾合买提", "阿依古丽", "努尔兰", "扎西", "卓玛", "次仁", "吐尔逊"]
_MINORITY_LAST = ["艾力", "吐尔逊", "买买提", "玉素甫", "叶尔肯", "多吉", "央金", "阿不都", "热合曼", "旺堆"]

_ROADS = [
    "建设", "解放", "人民", "中山", "胜利", "和平", "长江", "黄河", "芙蓉", "湘江", "韶山", "霞光", "晓塘", "双拥",
    "迎宾", "光明", "前进", "东风", "新华", "文化", "青年", "劳动", "团结", "友谊", "滨河", "南湖", "北苑", "西园",
    "东升", "朝阳", "春晖", "秋实", "桃园", "柳林", "梅山", "兰亭", "竹溪", "菊香", "荷塘", "枫林",
]  # fmt: skip

CITIES = [  # province, city, latitude, longitude (WGS-84), weight
    ("北京市", "北京市", 39.90, 116.40, 22), ("上海市", "上海市", 31.23, 121.47, 25),
    ("天津市", "天津市", 39.13, 117.20, 14), ("重庆市", "重庆市", 29.56, 106.55, 20),
    ("广东省", "广州市", 23.13, 113.26, 19), ("广东省", "深圳市", 22.54, 114.06, 18),
    ("广东省", "东莞市", 23.02, 113.75, 10), ("广东省", "汕头市", 23.35, 116.68, 5),
    ("浙江省", "杭州市", 30.27, 120.15, 12), ("浙江省", "宁波市", 29.87, 121.55, 9),
    ("浙江省", "温州市", 28.00, 120.67, 9), ("江苏省", "南京市", 32.06, 118.80, 9),
    ("江苏省", "苏州市", 31.30, 120.58, 13), ("江苏省", "徐州市", 34.26, 117.19, 9),
    ("山东省", "济南市", 36.65, 117.12, 9), ("山东省", "青岛市", 36.07, 120.38, 10),
    ("山东省", "临沂市", 35.10, 118.36, 11), ("河南省", "郑州市", 34.75, 113.62, 12),
    ("河南省", "洛阳市", 34.62, 112.45, 7), ("河北省", "石家庄市", 38.04, 114.51, 11),
    ("河北省", "唐山市", 39.63, 118.18, 8), ("湖北省", "武汉市", 30.59, 114.30, 13),
    ("湖北省", "襄阳市", 32.01, 112.12, 5), ("湖南省", "长沙市", 28.23, 112.94, 10),
    ("湖南省", "湘潭市", 27.83, 112.94, 3), ("湖南省", "衡阳市", 26.89, 112.57, 7),
    ("四川省", "成都市", 30.57, 104.07, 21), ("四川省", "绵阳市", 31.47, 104.68, 5),
    ("陕西省", "西安市", 34.34, 108.94, 13), ("辽宁省", "沈阳市", 41.80, 123.43, 9),
    ("辽宁省", "大连市", 38.91, 121.61, 7), ("吉林省", "长春市", 43.82, 125.32, 9),
    ("黑龙江省", "哈尔滨市", 45.80, 126.53, 10), ("安徽省", "合肥市", 31.82, 117.23, 9),
    ("安徽省", "阜阳市", 32.89, 115.81, 8), ("福建省", "福州市", 26.07, 119.30, 8),
    ("福建省", "泉州市", 24.87, 118.68, 9), ("江西省", "南昌市", 28.68, 115.86, 6),
    ("江西省", "赣州市", 25.83, 114.93, 9), ("广西壮族自治区", "南宁市", 22.82, 108.37, 9),
    ("云南省", "昆明市", 25.04, 102.72, 8), ("贵州省", "贵阳市", 26.65, 106.63, 6),
    ("山西省", "太原市", 37.87, 112.55, 5), ("内蒙古自治区", "呼和浩特市", 40.84, 111.75, 3),
    ("甘肃省", "兰州市", 36.06, 103.83, 4), ("新疆维吾尔自治区", "乌鲁木齐市", 43.83, 87.62, 4),
    ("宁夏回族自治区", "银川市", 38.49, 106.23, 3), ("青海省", "西宁市", 36.62, 101.78, 2),
    ("西藏自治区", "拉萨市", 29.65, 91.14, 1), ("海南省", "海口市", 20.04, 110.20, 3),
]  # fmt: skip
DISTRICTS = ["城东区", "城西区", "城南区", "城北区", "新城区", "高新区"]

_SURNAME_TEXTS = [entry.rstrip("0123456789") for entry in _SURNAMES.split()]
_SURNAME_SHARES = list(
    accumulate(int(entry[len(text) :]) for entry, text in zip(_SURNAMES.split(), _SURNAME_TEXTS, strict=True))
)


def person_names(random: Random, count: int) -> list[str]:
    """`count` names of people."""
    surnames = random.choices(_SURNAME_TEXTS, cum_weights=_SURNAME_SHARES, k=count)
    return [_person_name(random, surname) for surname in surnames]


def _person_name(random: Random, surname: str) -> str:
    dice = random.random()
    if dice < _MINORITY:
        return f"{random.choice(_MINORITY_FIRST)}·{random.choice(_MINORITY_LAST)}"
    given = random.choice(_RARE_GIVEN) if dice < _MINORITY + _RARE else random.choice(_GIVEN)
    if dice < 1 - _SINGLE_GIVEN:
        given += random.choice(_GIVEN)
    return surname + given


def road(position: int) -> str:
    """The name of a road; a number follows where a city has more of them than we have names."""
    lap, index = divmod(position, len(_ROADS))
    return f"{_ROADS[index]}{lap + 1 if lap else ''}路"


def phone(position: int) -> str:
    """A well-formed mobile number; different positions below a thousand million get different numbers."""
    digits = (position * 387_420_489 + 271_828_183) % 1_000_000_000  # the factor shares no divisor with 10**9
    return f"1{'35789'[digits % 5]}{digits:09d}"
