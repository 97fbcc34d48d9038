"""What the sender of an offline batch is told of each record, in words."""

from __future__ import annotations

from uuid import UUID

from attendance.services.sync_rows import Item

SENTENCES = {
    "new": "",
    "out_added": "",
    "same_record": "This record was received before.",
    "same_as_live": "This attendance was recorded live already.",
    "different_times": "A record with this id and other times was received before, and the first was kept. Ask for a "
    "correction if that is wrong.",
    "overlaps_live": "It overlaps with an attendance that was recorded live. Ask for a correction if that is wrong.",
    "overlaps_offline": "It overlaps with another offline record that begins earlier. Ask for a correction if that is wrong.",
    "out_not_after_in": "The clock-out is not after the clock-in. Check the device's clock, or ask for a correction.",
    "too_long": "An attendance lasts at most three days. Check the device's clock, or send the record without its end.",
    "future_time": "Its time lies in the future. Check the device's clock, and ask for a correction.",
    "absurd_time": "Its time cannot be right. Check the device's clock, and ask for a correction.",
    "before_employment": "It lies before the first day of employment. Ask HR if that day is wrong.",
    "after_employment": "It lies after the last day of employment. Ask HR if that day is wrong.",
    "locked_day": "Its day is locked. Ask for a correction with allow_retro, or ask HR to enter it so.",
    "photo": "Its photo is not yours, or belongs to another attendance. Upload it again, or send the record without it.",
    "outside_site": "You were not at your work site, and it only accepts punches on site. Ask for a correction if you were.",
    "foreign_employee": "You may only send your own records. Let its person or HR send it.",
    "unknown_employee": "This employee does not exist, or you may not see it. Check employee_id.",
    "taken_back": "This attendance was taken back before; it is not recorded again. Ask for a correction if that is wrong.",
    "not_stored": "This record could not be stored beside what is known. Ask HR to enter it as a correction.",
    "not_settled": "The work stopped before this record was settled. Send it again with the same id.",
}


def tell(item: Item, state: str, code: str, attendance_id: UUID | None = None) -> None:
    """Answer one record; stored by the caller."""
    item.state, item.code, item.reason = state, code, SENTENCES[code]
    item.attendance_id = attendance_id
