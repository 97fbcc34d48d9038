"""Codes, statuses and words of every refusal."""

import pytest

from attendance.adapters.answers import Answer
from attendance.adapters.workly import errors, messages
from attendance.adapters.workly.errors import Fault, Refused, ValidationFailed, answer_for
from attendance.adapters.workly.messages import STATUS, Code
from attendance.adapters.workly.tests.test_punches import DOCUMENTED
from peoplesync.kernel import errors as kernel

ALONE = sorted(STATUS)
OF_A_FIELD = [code for code in Code if code > Code.VALIDATION]


@pytest.mark.parametrize(
    ("code", "case"), [(7008, DOCUMENTED["refusals"][0]), (7002, DOCUMENTED["refusals"][1])], ids=["token", "login"]
)
def test_the_documented_refusals_are_told_to_the_letter(code: int, case: dict) -> None:
    assert answer_for(Refused(Code(code))) == Answer(case["status"], case["body"])


@pytest.mark.parametrize("code", [code for code in ALONE if 7001 <= code <= 7009])
def test_who_you_are_is_401_and_what_you_may_is_403(code: Code) -> None:
    assert answer_for(Refused(code)).status == (403 if code == 7004 else 401)


@pytest.mark.parametrize(
    ("code", "status"), [(3000, 404), (4000, 400), (4001, 400), (5000, 500), (6000, 429), (7010, 426), (7011, 400)]
)
def test_the_other_codes_have_their_status(code: int, status: int) -> None:
    assert answer_for(Refused(Code(code))).status == status


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_code_has_words(language: str) -> None:
    assert all(messages.message(code, language) for code in ALONE)
    assert all(messages.field_message("title", code, language) for code in OF_A_FIELD)
    assert not set(ALONE) & set(OF_A_FIELD)
    assert set(ALONE) | set(OF_A_FIELD) == set(Code)


def test_faults_are_an_array_in_russian_by_default() -> None:
    faults = ValidationFailed(
        [Fault("first_name", Code.REQUIRED), Fault("start_date", Code.MIN_DATE), Fault("username", Code.EXISTS)]
    )
    assert answer_for(faults) == Answer(
        422,
        {
            "message": "Validation Failed",
            "code": 8001,
            "errors": [
                {"field": "first_name", "code": 8002, "message": "Необходимо заполнить поле Имя"},
                {"field": "start_date", "code": 8010, "message": "Ошибка минимальное значение Дата начала работы"},
                {"field": "username", "code": 8008, "message": "Это E-mail уже занято"},
            ],
        },
    )


def test_one_fault_is_an_array_too() -> None:
    assert answer_for(ValidationFailed.of("password", Code.REQUIRED)).body["errors"] == [
        {"field": "password", "code": 8002, "message": "Заполните поле - Пароль"}
    ]


def test_english_is_spoken_on_request() -> None:
    assert answer_for(Refused(Code.WRONG_LOGIN), language="en").body["message"] == "Wrong user name or password"
    shown = answer_for(ValidationFailed.of("title", Code.REQUIRED), language="en").body["errors"]
    assert shown == [{"field": "title", "code": 8002, "message": "title must be filled in"}]


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (kernel.Unauthenticated("m", code="c"), 401, 7007),
        (kernel.Forbidden("m", code="c"), 403, 7004),
        (kernel.NotFound("m", code="c"), 404, 3000),
        (kernel.TooLarge("m", code="c"), 413, 4001),
        (kernel.Unavailable("m", code="c"), 503, 5000),
    ],
)
def test_errors_of_our_own_house_get_the_vendors_code(error: kernel.PeopleSyncError, status: int, code: int) -> None:
    answer = answer_for(error)
    assert (answer.status, answer.body["code"], set(answer.body)) == (status, code, {"message", "code"})


def test_every_kind_of_our_errors_has_an_answer_and_none_is_409() -> None:
    for kind in kernel.Kind:
        error = kernel.PeopleSyncError("m", code="c")
        error.kind = kind
        answer = answer_for(error, about="event_time")
        assert isinstance(answer.body["message"], str)
        assert isinstance(answer.body["code"], int)
        assert answer.status == (422 if kind.status in (400, 409) else kind.status)


def test_a_collision_is_a_fault_of_the_field_it_is_about() -> None:
    shown = answer_for(kernel.Conflict("The period is locked; ask HR to reopen it", code="locked"), about="event_time")
    assert shown.body["errors"] == [
        {"field": "event_time", "code": 8003, "message": "The period is locked; ask HR to reopen it"}
    ]
    named = answer_for(kernel.Invalid("m", code="c", errors={"title": ["too long", "too odd"]}), about="id")
    assert named.body["errors"] == [{"field": "title", "code": 8003, "message": "too long too odd"}]


def test_what_the_framework_refuses_stays_in_the_vendors_shape() -> None:
    answers = [*map(errors.of_status, (500, 404, 405, 406, 415, 429)), answer_for(errors.malformed_body())]
    assert [answer.status for answer in answers] == [500, 404, 405, 406, 415, 429, 400]
    assert all(set(answer.body) == {"message", "code"} for answer in answers)
