"""Which pairing policy a punch meets, and what its door may do. The names are the rules'; no vendor is asked for."""

from __future__ import annotations

from dataclasses import replace

from attendance.rules.clocking import ClockingPolicy
from attendance.rules.pairing import PairingPolicy, policy_of_door
from attendance.rules.punches import PunchKind, Stay
from attendance.selectors.ground import Ground
from attendance.services.presented import Presented


def policy_for(ground: Ground, punch: Presented, kind: PunchKind) -> PairingPolicy:
    """The policy of the day a punch belongs to.

    The day's first punch set it. On a day without punches yet, a punch that falls into a closed stay belongs to that
    stay's day, and so does one of a door with the state machine that comes while a stay is open. A door that pairs
    whole days asks for its own day, and its rules look at its evenings themselves; but an out ends the night that a
    door with the state machine began, whatever door it comes through, as long as an out of that door would.
    """
    of_door = policy_of_door(punch.door)
    today = punch.work_date or ground.today(punch.at, punch.zone)
    known = ground.policies.get(today)
    if known is None and (around := ground.closed_around(punch.at)) is not None:
        known = ground.policies.get(around.work_date)
    before = ground.open_stay
    if known is None and before is not None and before.start_at < punch.at:
        evening = ground.policies.get(before.work_date)
        if of_door == PairingPolicy.STATE_MACHINE or (
            evening == PairingPolicy.STATE_MACHINE and _ends(ground, before, punch, kind)
        ):
            known = evening
    return known or of_door


def _ends(ground: Ground, before: Stay, punch: Presented, kind: PunchKind) -> bool:
    """Whether a punch says that the person goes, while her going may still end a stay."""
    if kind != PunchKind.OUT and not punch.is_overnight:
        return False
    return punch.at <= ground.maximum.forgotten_after(before.start_at, ground.scheduled_end_of(before))


def follows_state_machine(ground: Ground, punch: Presented, kind: PunchKind) -> bool:
    """Whether the punch's day is paired by the state machine."""
    return policy_for(ground, punch, kind) == PairingPolicy.STATE_MACHINE


def policy_in_force(ground: Ground, clocking: ClockingPolicy) -> ClockingPolicy:
    """What the door allows, with the organisation's own choices."""
    several = clocking.has_several_stays_a_day or ground.has_several_stays_a_day
    return replace(clocking, has_several_stays_a_day=several, maximum=ground.maximum, attribution=ground.attribution)
