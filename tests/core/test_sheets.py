"""Files for spreadsheets: nothing in them is a formula, amounts and moments are what they are."""

import csv
from datetime import UTC, datetime

import pytest
from openpyxl import load_workbook

from aftersales.core import sheets

EVIL = ["=1+1", "+86", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1+1"]


def test_texts_that_look_like_formulas_are_texts_in_csv(tmp_path):
    path = tmp_path / "a.csv"
    sheets.csv_write(path, ["=A"], [[text] for text in [*EVIL, "正常", "a=b"]])
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        found = [row[0] for row in csv.reader(file)]
    assert found == ["'=A", *(f"'{text}" for text in EVIL), "正常", "a=b"]


def test_texts_that_look_like_formulas_are_texts_in_xlsx(tmp_path):
    path = tmp_path / "a.xlsx"
    sheets.xlsx_write(path, "表", ["=A"], [[text] for text in EVIL])
    cells = [row[0] for row in load_workbook(path).active.iter_rows()]
    assert {cell.data_type for cell in cells} == {"s"}


@pytest.mark.parametrize(("fen", "text"), [(12345, "123.45"), (-5, "-0.05"), (0, "0.00")])
def test_amounts_are_numbers_in_yuan_and_moments_are_shanghais(tmp_path, fen, text):
    row = [sheets.yuan(fen), sheets.at(datetime(2026, 11, 20, 18, 30, tzinfo=UTC)), 7, None]
    sheets.csv_write(tmp_path / "a.csv", list("abcd"), [row])
    assert (tmp_path / "a.csv").read_text(encoding="utf-8-sig").splitlines()[1] == f"{text},2026-11-21 02:30,7,"
    sheets.xlsx_write(tmp_path / "a.xlsx", "x", list("abcd"), [row])
    values = [cell.value for cell in load_workbook(tmp_path / "a.xlsx").active[2]]
    assert values == [fen / 100, datetime(2026, 11, 21, 2, 30), 7, None]  # noqa: DTZ001
