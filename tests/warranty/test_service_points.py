"""Service points: imported whole or not at all, found by the words of an address (WAR-3)."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from warranty.models import ServicePoint
from warranty.selectors.service_points import service_points_near

pytestmark = pytest.mark.django_db

HEAD = "province,city,name,address,phone,hours\n"
TWO = f"{HEAD}浙江省,杭州市,西湖服务店,文三路 1 号,0571-1,9-18\n四川,成都,春熙服务店,春熙路 2 号,028-2,\n"


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def run(tmp_path, text, capsys=None):
    path = tmp_path / "points.csv"
    path.write_text(text, encoding="utf-8")
    call_command("import_service_points", path)
    return capsys.readouterr().out if capsys else ""


def test_a_second_run_changes_nothing(tmp_path, capsys):
    """WAR-3"""
    assert run(tmp_path, TWO, capsys) == "2 new, 0 changed, 0 unchanged.\n"
    assert run(tmp_path, TWO, capsys) == "0 new, 0 changed, 2 unchanged.\n"
    moved = TWO.replace("文三路 1 号", "文三路 9 号")
    assert run(tmp_path, moved, capsys) == "0 new, 1 changed, 1 unchanged.\n"
    assert sorted(ServicePoint.objects.values_list("province", "city", "address")) == [
        ("四川", "成都", "春熙路 2 号"),
        ("浙江", "杭州", "文三路 9 号"),
    ]


def test_headings_may_be_chinese_in_any_order(tmp_path, capsys):
    """WAR-3"""
    text = "\ufeff名称,省份,城市,电话,地址\n西湖服务店,浙江,杭州,0571-1,文三路 1 号\n\n"
    assert run(tmp_path, text, capsys) == "1 new, 0 changed, 0 unchanged.\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1: These columns are missing: province, city, name, address, phone."),
        ("province,city\n", "line 1: These columns are missing: name, address, phone."),
        (f"{TWO}Utopia,x,x,x,1,\n", "line 4: “Utopia” is no province."),
        (f"{TWO}浙江,,x,x,1,\n", "line 4: “city” is empty."),
        (f"{TWO}浙江,宁波,x,x,{'1' * 41},\n", "line 4: “phone” has more than 40 characters."),
        (f"{TWO}浙江,宁波,x,路,1 号,1,9-18\n", "line 4: There are more cells than headings"),
        (f"{TWO}浙江,杭州,西湖服务店,x,1,\n", "line 4: 西湖服务店 in 杭州 stands in the file twice."),
        (f'{TWO}浙江,杭州,"西湖"服务店,x,1,\n', "line 4: The line cannot be read as CSV"),
        (f'{HEAD}浙江,杭州,"两\n行",x,1,\n浙江,,x,x,1,\n', "line 4: “city” is empty."),
    ],
)
def test_a_fault_is_named_with_its_line_and_nothing_goes_in(tmp_path, text, said):
    """WAR-3"""
    with pytest.raises(CommandError) as caught:
        run(tmp_path, text)
    assert said in str(caught.value)
    assert not ServicePoint.objects.exists()


def test_a_file_that_is_not_there_or_not_utf_8_is_said(tmp_path):
    """WAR-3"""
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_service_points", tmp_path / "none.csv")
    (tmp_path / "gb.csv").write_bytes("省份".encode("gb18030"))
    with pytest.raises(CommandError, match="not in UTF-8"):
        call_command("import_service_points", tmp_path / "gb.csv")


@pytest.mark.parametrize(
    ("region", "names"),
    [
        ("浙江省杭州市西湖区", ["甲", "乙"]),
        ("浙江 宁波", ["丙"]),
        ("浙江省温州市", ["甲", "乙", "丙"]),
        ("中国上海市浦东新区", ["丁"]),
        ("四川省成都市", []),
        ("", []),
        ("Utopia", []),
    ],
)
def test_the_city_of_the_address_comes_first_else_its_province(tmp_path, region, names):
    """WAR-3"""
    rows = (("浙江", "杭州", "甲"), ("浙江", "杭州", "乙"), ("浙江", "宁波", "丙"), ("上海", "上海", "丁"))
    run(tmp_path, HEAD + "".join(f"{province},{city},{name},x,1,\n" for province, city, name in rows))
    assert {point.name for point in service_points_near(region)} == set(names)


def test_at_most_five_are_told(tmp_path):
    """WAR-3"""
    run(tmp_path, HEAD + "".join(f"浙江,杭州,{number},x,1,\n" for number in range(7)))
    assert len(service_points_near("浙江省杭州市")) == 5
