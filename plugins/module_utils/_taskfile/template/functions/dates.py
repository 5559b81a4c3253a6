# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Times, as sprig 2.22 shows them in Go's layouts. The agent's local time is UTC."""

from __future__ import annotations

import datetime
import re
import zoneinfo
from typing import Any

from ..signatures import FunctionError, signature

UTC = datetime.UTC
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_TOKEN = re.compile(
    r"January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|2006|Z070000|Z07:00:00|Z0700|Z07:00|Z07|-070000|-07:00:00|-0700|-07:00|-07"
    r"|[.,]0+(?!\d)|[.,]9+(?!\d)|002|__2|_2006|_2|01|02|03|04|05|06|15|PM|pm|1|2|3|4|5"
)
_DURATION = re.compile(r"[+-]?(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:ns|us|µs|ms|s|m|h))+|[+-]?0")
_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600}


def _now() -> datetime.datetime:
    return datetime.datetime.now(UTC)


def _offset(moment: datetime.datetime, token: str) -> str:
    seconds = int((moment.utcoffset() or datetime.timedelta()).total_seconds())
    if token.startswith("Z") and seconds == 0:
        return "Z"
    sign, rest = ("-", -seconds) if seconds < 0 else ("+", seconds)
    parts = [f"{rest // 3600:02d}", f"{rest // 60 % 60:02d}", f"{rest % 60:02d}"]
    count = len(re.findall(r"\d\d", token))
    return sign + (":" if ":" in token else "").join(parts[:count])


def formatted(layout: str, moment: datetime.datetime) -> str:
    """The moment in one of Go's layouts, which show the time 2006-01-02 15:04:05."""

    def shown(match: re.Match[str]) -> str:
        token = match[0]
        if token[0] in "Z-":
            return _offset(moment, token)
        if token[0] in ".," and len(token) > 1:
            digits = f"{moment.microsecond:06d}000"[: len(token) - 1].ljust(len(token) - 1, "0")
            if token[1] == "9":
                digits = digits.rstrip("0")
                return token[0] + digits if digits else ""
            return token[0] + digits
        hour = (moment.hour - 1) % 12 + 1
        day_of_year = moment.timetuple().tm_yday
        return {
            "January": _MONTHS[moment.month - 1],
            "Jan": _MONTHS[moment.month - 1][:3],
            "Monday": _DAYS[moment.weekday()],
            "Mon": _DAYS[moment.weekday()][:3],
            "MST": moment.tzname() or "UTC",
            "2006": f"{moment.year:04d}",
            "_2006": f"_{moment.year:04d}",
            "06": f"{moment.year % 100:02d}",
            "01": f"{moment.month:02d}",
            "1": str(moment.month),
            "02": f"{moment.day:02d}",
            "_2": f"{moment.day:2d}",
            "2": str(moment.day),
            "002": f"{day_of_year:03d}",
            "__2": f"{day_of_year:3d}",
            "15": f"{moment.hour:02d}",
            "03": f"{hour:02d}",
            "3": str(hour),
            "04": f"{moment.minute:02d}",
            "4": str(moment.minute),
            "05": f"{moment.second:02d}",
            "5": str(moment.second),
            "PM": "PM" if moment.hour >= 12 else "AM",
            "pm": "pm" if moment.hour >= 12 else "am",
        }[token]

    return _TOKEN.sub(shown, layout)


def _moment(value: Any) -> datetime.datetime:
    """A time, or seconds since 1970; anything else is now."""
    if isinstance(value, datetime.datetime):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return datetime.datetime.fromtimestamp(value, UTC)
    return _now()


def _date(layout: str, value: Any) -> str:
    return formatted(layout, _moment(value).astimezone(UTC))


def _date_in_zone(layout: str, value: Any, zone: str) -> str:
    try:
        place: datetime.tzinfo = UTC if zone in ("", "UTC", "Local") else zoneinfo.ZoneInfo(zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        place = UTC
    return formatted(layout, _moment(value).astimezone(place))


def _seconds(text: str) -> float | None:
    if not _DURATION.fullmatch(text):
        return None
    total = sum(float(number) * _UNITS[unit] for number, unit in re.findall(r"([0-9.]+)(ns|us|µs|ms|s|m|h)", text))
    return -total if text.startswith("-") else total


def _modified(change: str, moment: Any) -> datetime.datetime:
    seconds = _seconds(change)
    return _moment(moment) + datetime.timedelta(seconds=seconds or 0)


def _ago(value: Any) -> str:
    seconds = round((_now() - _moment(value)).total_seconds())
    sign, rest = ("-", -seconds) if seconds < 0 else ("", seconds)
    hours, minutes = divmod(rest // 60, 60)
    shown = f"{hours}h{minutes}m" if hours else f"{minutes}m" if minutes else ""
    return f"{sign}{shown}{rest % 60}s"


def _epoch(moment: Any) -> str:
    if not isinstance(moment, datetime.datetime):
        raise FunctionError("wrong type for value; expected time.Time")
    return str(int(moment.timestamp() // 1))


FUNCTIONS = {
    "now": signature("", _now),
    "date": signature("string any", _date),
    "dateInZone": signature("string any string", _date_in_zone),
    "date_in_zone": signature("string any string", _date_in_zone),
    "dateModify": signature("string any", _modified),
    "date_modify": signature("string any", _modified),
    "htmlDate": signature("any", lambda value: _date("2006-01-02", value)),
    "htmlDateInZone": signature("any string", lambda value, zone: _date_in_zone("2006-01-02", value, zone)),
    "ago": signature("any", _ago),
    "unixEpoch": signature("any", _epoch),
}
