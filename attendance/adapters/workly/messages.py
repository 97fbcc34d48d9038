"""PURE. The vendor's error codes, the HTTP status of each, and their messages in Russian (the default) and English.

Clients match on the number first; the sentences seen in the vendor's documentation are kept to the letter.
"""

from __future__ import annotations

from enum import IntEnum


class Code(IntEnum):
    """The vendor's numbers: 3000-7012 stand alone, 8002-8010 name what is wrong with one field."""

    NOT_FOUND = 3000
    ARGUMENTS_MISSING = 4000
    INVALID_REQUEST = 4001
    SERVICE = 5000
    TOO_MANY = 6000
    AUTHORISATION = 7001
    WRONG_LOGIN = 7002
    WRONG_CLIENT = 7003
    DENIED = 7004
    WRONG_GRANT = 7005
    REFRESH_EXPIRED = 7006
    NOT_AUTHORISED = 7007
    INVALID_TOKEN = 7008
    TOKEN_EXPIRED = 7009
    UPGRADE = 7010
    HAS_EMPLOYEES = 7011
    EMPLOYEE_LIMIT = 7012
    VALIDATION = 8001
    REQUIRED = 8002
    INVALID = 8003
    WRONG = 8004
    PARAM_DENIED = 8005
    WRONG_ROLE = 8006
    WRONG_EMAIL = 8007
    EXISTS = 8008
    DATE_FORMAT = 8009
    MIN_DATE = 8010


#: The vendor does not say which status a 7xxx code has: everything about who you are is 401, what you may do is 403.
STATUS = {
    Code.NOT_FOUND: 404,
    Code.ARGUMENTS_MISSING: 400,
    Code.INVALID_REQUEST: 400,
    Code.SERVICE: 500,
    Code.TOO_MANY: 429,
    Code.AUTHORISATION: 401,
    Code.WRONG_LOGIN: 401,
    Code.WRONG_CLIENT: 401,
    Code.DENIED: 403,
    Code.WRONG_GRANT: 401,
    Code.REFRESH_EXPIRED: 401,
    Code.NOT_AUTHORISED: 401,
    Code.INVALID_TOKEN: 401,
    Code.TOKEN_EXPIRED: 401,
    Code.UPGRADE: 426,
    Code.HAS_EMPLOYEES: 400,
    Code.EMPLOYEE_LIMIT: 400,
    Code.VALIDATION: 422,
}

_RUSSIAN = {
    Code.NOT_FOUND: "Не найдено",
    Code.ARGUMENTS_MISSING: "В запросе отсутствуют аргументы",
    Code.INVALID_REQUEST: "Неправильный запрос",
    Code.SERVICE: "Внутренняя ошибка сервера. Попробуйте ещё раз",
    Code.TOO_MANY: "Слишком много запросов. Повторите через минуту",
    Code.AUTHORISATION: "Ошибка авторизации",
    Code.WRONG_LOGIN: "Неверное имя пользователя или пароль",
    Code.WRONG_CLIENT: "Неправильный client_id или client_secret",
    Code.DENIED: "Доступ запрещён",
    Code.WRONG_GRANT: "Недействительный grant_type",
    Code.REFRESH_EXPIRED: "Срок действия refresh_token истёк. Войдите заново",
    Code.NOT_AUTHORISED: "Вы отправили не авторизованный запрос",
    # The vendor sends this one in English whatever the language.
    Code.INVALID_TOKEN: "The access token provided is invalid",
    Code.TOKEN_EXPIRED: "Срок действия токена истёк. Обновите его",
    Code.UPGRADE: "Upgrade Required",
    Code.HAS_EMPLOYEES: "Невозможно удалить: прикреплены сотрудники",
    Code.EMPLOYEE_LIMIT: "Превышен лимит количества сотрудников",
    Code.VALIDATION: "Validation Failed",
}
_ENGLISH = {
    Code.NOT_FOUND: "Not found",
    Code.ARGUMENTS_MISSING: "The request lacks arguments",
    Code.INVALID_REQUEST: "Invalid request",
    Code.SERVICE: "Internal server error. Try again",
    Code.TOO_MANY: "Too many requests. Try again in a minute",
    Code.AUTHORISATION: "Authorization error",
    Code.WRONG_LOGIN: "Wrong user name or password",
    Code.WRONG_CLIENT: "Wrong client_id or client_secret",
    Code.DENIED: "Access denied",
    Code.WRONG_GRANT: "Invalid grant_type",
    Code.REFRESH_EXPIRED: "The refresh token has expired. Log in again",
    Code.NOT_AUTHORISED: "The request is not authorized",
    Code.INVALID_TOKEN: "The access token provided is invalid",
    Code.TOKEN_EXPIRED: "The access token has expired. Refresh it",
    Code.UPGRADE: "Upgrade Required",
    Code.HAS_EMPLOYEES: "Cannot delete: employees are attached",
    Code.EMPLOYEE_LIMIT: "The employee limit is exceeded",
    Code.VALIDATION: "Validation Failed",
}
_RUSSIAN_FIELD = {
    Code.REQUIRED: "Необходимо заполнить поле {label}",
    Code.INVALID: "Неверное значение поля {label}",
    Code.WRONG: "Вы ввели неправильные значения в поле {label}",
    Code.PARAM_DENIED: "Нет доступа к параметру {label}",
    Code.WRONG_ROLE: "Неверная роль",
    Code.WRONG_EMAIL: "Неправильный E-mail",
    Code.EXISTS: "Поле {label}: такое значение уже существует",
    Code.DATE_FORMAT: "Неверный формат даты в поле {label}",
    Code.MIN_DATE: "Ошибка минимальное значение {label}",
}
_ENGLISH_FIELD = {
    Code.REQUIRED: "{label} must be filled in",
    Code.INVALID: "{label} has an invalid value",
    Code.WRONG: "{label} has wrong values",
    Code.PARAM_DENIED: "{label} may not be sent",
    Code.WRONG_ROLE: "Invalid role",
    Code.WRONG_EMAIL: "Invalid e-mail",
    Code.EXISTS: "{label} already exists",
    Code.DATE_FORMAT: "{label} has a wrong date format",
    Code.MIN_DATE: "{label} is before the earliest date allowed",
}
#: Two sentences the vendor words for one field alone.
_RUSSIAN_SPECIAL = {
    ("password", Code.REQUIRED): "Заполните поле - Пароль",
    ("username", Code.EXISTS): "Это E-mail уже занято",
}
#: Rules of our own house that the vendor has no sentence for, by the code of the refusal.
_OWN = {
    "period_locked": {
        "ru": "Период закрыт. Попросите отдел кадров открыть его",
        "en": "The period is locked. Ask HR to release it",
    },
    "overlaps": {
        "ru": "Событие пересекается с другим посещением. Исправьте его",
        "en": "The event overlaps with another attendance. Correct that one first",
    },
    "outside_site": {
        "ru": "Вы находитесь вне локации, а она принимает события только на месте",
        "en": "You are outside of the location, and it only accepts events on site",
    },
    "before_employment": {
        "ru": "Сотрудник ещё не работал в этот день",
        "en": "The employment had not begun on this day",
    },
    "after_employment": {
        "ru": "Сотрудник уволен до этого дня",
        "en": "The employment ended before this day",
    },
    "span_too_long": {
        "ru": "Слишком длинный период. Запросите его по частям",
        "en": "The span is too long. Ask for it in parts",
    },
    "too_far_ahead": {
        "ru": "Время события больше чем на день впереди. Проверьте часы устройства",
        "en": "The event lies more than a day ahead. Check the clock of the device",
    },
}
_RUSSIAN_LABELS = {
    "address": "Адрес",
    "birth_date": "День рождения",
    "client_id": "client_id",
    "department_id": "Отдел",
    "employee_id": "Сотрудник",
    "end_date": "Дата окончания",
    "event_time": "Время события",
    "exp_date": "Дата увольнения",
    "first_name": "Имя",
    "gender": "Пол",
    "ip": "IP",
    "last_name": "Фамилия",
    "latitude": "Широта",
    "location_id": "Локация",
    "locations": "Локации",
    "longitude": "Долгота",
    "mobile_phone": "Мобильный телефон",
    "password": "Пароль",
    "patronymic": "Отчество",
    "positions": "Должности",
    "radius": "Радиус",
    "schedule_id": "График",
    "schedule_start_date": "Дата назначения графика",
    "start_date": "Дата начала работы",
    "tab_number": "Табельный номер",
    "title": "Название",
    "username": "E-mail",
}


def message(code: Code, language: str = "ru") -> str:
    """The sentence of a stand-alone code; an unknown language reads Russian.

    >>> message(Code.WRONG_LOGIN), message(Code.INVALID_TOKEN), message(Code.WRONG_LOGIN, "en")
    ('Неверное имя пользователя или пароль', 'The access token provided is invalid', 'Wrong user name or password')
    """
    return (_ENGLISH if language == "en" else _RUSSIAN)[code]


def field_message(field: str, code: Code, language: str = "ru") -> str:
    """The sentence about one field.

    >>> field_message("first_name", Code.REQUIRED), field_message("start_date", Code.MIN_DATE)
    ('Необходимо заполнить поле Имя', 'Ошибка минимальное значение Дата начала работы')
    """
    if language == "en":
        return _ENGLISH_FIELD[code].format(label=field)
    special = _RUSSIAN_SPECIAL.get((field, code))
    return special or _RUSSIAN_FIELD[code].format(label=_RUSSIAN_LABELS.get(field, field))


def language_of(accept_language: str | None) -> str:
    """`en` for a client whose first language is English, else the vendor's Russian.

    >>> language_of("en-GB,en;q=0.9"), language_of("ru"), language_of("*"), language_of(None)
    ('en', 'ru', 'ru', 'ru')
    """
    first = (accept_language or "").split(",")[0].strip().lower()
    return "en" if first.partition(";")[0].partition("-")[0] == "en" else "ru"


def own_message(rule: str, language: str = "ru") -> str:
    """The sentence of a rule of our own, or nothing for one that has none.

    >>> own_message("period_locked", "en"), own_message("unheard_of")
    ('The period is locked. Ask HR to release it', '')
    """
    return _OWN.get(rule, {}).get(language, "")
