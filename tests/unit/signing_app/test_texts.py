"""The texts that people accept: complete in both languages, and never changed once published."""

import pytest

from signing.domain import ConsentKind
from signing.services.texts import current_texts

# A change of words is a new file with the next version number, and a new line here.
PUBLISHED = {
    (ConsentKind.PROCESS_NOTICE, 1): "e582b9c76bf7cd837d7c65a1df85c2d67044a5fc83a2f3ae0ed209942c16d74a",
    (ConsentKind.ELECTRONIC_FORM, 1): "b0afa7997166b4460deb048a152c03c5e37906360dd92902adb60fce66813f67",
    (ConsentKind.PRIVACY, 1): "177d69391584dd588773d6cdf5c3107a2aadb96c7762035ea74fab1a43460bb8",
    (ConsentKind.STROKE_DATA, 1): "1f26bc902e61e118c5532bef9dc63fd4cc94651cb2f5296a4e7132da1a8bef38",
}


def test_there_is_a_text_of_each_kind() -> None:
    assert set(current_texts()) == set(ConsentKind)


@pytest.mark.parametrize("kind", ConsentKind)
def test_texts_are_complete_in_both_languages(kind: ConsentKind) -> None:
    text = current_texts()[kind]
    assert all(part.strip() for part in (text.title_zh, text.title_en, text.body_zh, text.body_en))


@pytest.mark.parametrize("kind", ConsentKind)
def test_published_words_do_not_change(kind: ConsentKind) -> None:
    text = current_texts()[kind]
    assert PUBLISHED[kind, text.version] == text.digest


def test_the_process_notice_says_what_the_guideline_demands() -> None:
    """电子劳动合同订立指引 Art. 6: process, operation, cautions, viewing and downloading, no fee."""
    body = current_texts()[ConsentKind.PROCESS_NOTICE].body_zh
    assert all(word in body for word in ("流程", "操作", "注意事项", "查看", "下载", "不收取任何费用"))
