"""The verbs, prepositions and set phrases of the training grammar's clauses.

Tables of words only: what they mean is decided where they are drawn, in ``grammar_clauses``.
"""

from __future__ import annotations

from typing import Final, Literal

Verb = tuple[str, str, str]
"""Base form, gerund, participle."""


def _verbs(text: str) -> tuple[Verb, ...]:
    """Read entries such as ``put/putting/put*6``: three forms and how often the verb is said."""
    verbs: list[Verb] = []
    for entry in text.split():
        forms, _, times = entry.partition("*")
        base, gerund, participle = forms.split("/")
        verbs += [(base, gerund, participle)] * int(times or 1)
    return tuple(verbs)


PUT: Final = _verbs(
    "put/putting/put*6 place/placing/placed*3 set/setting/set lay/laying/laid position/positioning/positioned"
)
CARRY: Final = _verbs(
    """move/moving/moved*4 bring/bringing/brought take/taking/taken get/getting/got send/sending/sent
    carry/carrying/carried transfer/transferring/transferred relocate/relocating/relocated deliver/delivering/delivered
    drag/dragging/dragged shift/shifting/shifted return/returning/returned gather/gathering/gathered
    collect/collecting/collected scoot/scooting/scooted haul/hauling/hauled pull/pulling/pulled slip/slipping/slipped
    shuffle/shuffling/shuffled fetch/fetching/fetched"""
)
STACK: Final = _verbs(
    """stack/stacking/stacked*3 rest/resting/rested pop/popping/popped stick/sticking/stuck balance/balancing/balanced
    pile/piling/piled plop/plopping/plopped land/landing/landed mount/mounting/mounted perch/perching/perched
    sit/sitting/sat lift/lifting/lifted settle/settling/settled plonk/plonking/plonked arrange/arranging/arranged
    plant/planting/planted plunk/plunking/plunked hoist/hoisting/hoisted seat/seating/seated slap/slapping/slapped"""
)
DROP: Final = _verbs(
    """drop/dropping/dropped*2 throw/throwing/thrown toss/tossing/tossed chuck/chucking/chucked stow/stowing/stowed
    dump/dumping/dumped pop/popping/popped stick/sticking/stuck tuck/tucking/tucked deposit/depositing/deposited
    tidy/tidying/tidied insert/inserting/inserted store/storing/stored collect/collecting/collected sort/sorting/sorted
    tip/tipping/tipped stash/stashing/stashed slot/slotting/slotted pack/packing/packed load/loading/loaded
    lob/lobbing/lobbed nestle/nestling/nestled bung/bunging/bunged shove/shoving/shoved sling/slinging/slung"""
)
PARK: Final = _verbs(
    "park/parking/parked leave/leaving/left stand/standing/stood station/stationing/stationed locate/locating/located"
)
PUSH: Final = _verbs(
    "push/pushing/pushed*5 shove/shoving/shoved nudge/nudging/nudged slide/sliding/slid*2 roll/rolling/rolled"
)

VERBS: Final[dict[str, tuple[Verb, ...]]] = {
    "on": PUT + PUT + STACK,
    "in": PUT + PUT + DROP + CARRY[:6],
    "zone": PUT + CARRY + PARK + DROP[:4],
    "at": PUT + CARRY + CARRY + PARK,
    "side": PUT + PUT + CARRY + PARK,
    "between": PUT * 2
    + CARRY
    + _verbs(
        """squeeze/squeezing/squeezed fit/fitting/fitted wedge/wedging/wedged slot/slotting/slotted stand/standing/stood
        tuck/tucking/tucked slip/slipping/slipped stick/sticking/stuck"""
    ),
    "shift": CARRY + _verbs("shift/shifting/shifted move/moving/moved*2"),
    "down": PUT,
}
RESTS: Final[dict[str, tuple[str, ...]]] = {
    "on": ("on", "on", "on", "on", "on top of", "on top of", "onto", "onto", "atop", "upon", "over", "on to"),
    "in": ("in", "in", "in", "into", "into", "inside", "inside of", "within"),
    "zone": ("in", "on", "onto", "to", "to", "into", "over to", "inside", "within", "over into"),
    "left_of": (
        "to the left of",
        "to the left of",
        "left of",
        "left of",
        "on the left of",
        "on the left side of",
        "just left of",
    ),
    "right_of": (
        "to the right of",
        "to the right of",
        "right of",
        "right of",
        "on the right of",
        "on the right side of",
        "just right of",
    ),
    "in_front_of": (
        "in front of",
        "in front of",
        "in front of",
        "on the near side of",
        "right in front of",
        "directly in front of",
    ),
    "behind": (
        "behind",
        "behind",
        "behind",
        "at the back of",
        "on the far side of",
        "right behind",
        "beyond",
        "in back of",
    ),
    "next_to": (
        "next to",
        "next to",
        "next to",
        "beside",
        "beside",
        "near",
        "close to",
        "by",
        "alongside",
        "right next to",
        "adjacent to",
        "right beside",
        "up against",
        "close by",
    ),
    "apart": ("away from", "away from", "far from", "apart from", "far away from", "further from", "clear of"),
}
TO_PLACE: Final = (
    "to the",
    "to the",
    "in the",
    "at the",
    "into the",
    "over to the",
    "on the",
    "towards the",
    "up to the",
    "right at the",
    "all the way to the",
    "all the way over to the",
    "over at the",
    "close to me, at the",
    "over there at the",
    "against the",
    "by the",
)
WHOLE: Final[dict[str, tuple[str, ...]]] = {
    "clear": (
        "clear {a}",
        "clear {a}",
        "clear off {a}",
        "empty {a}",
        "empty out {a}",
        "free {a}",
        "free up {a}",
        "clean {a}",
        "clean off {a}",
        "make sure nothing is on {a}",
        "make sure there is nothing on {a}",
        "remove everything from {a}",
        "take everything off {a}",
        "get everything off {a}",
        "take whatever is on {a} off",
        "take whatever is on top of {a} off it",
        "uncover {a}",
        "nothing should be on {a}",
        "nothing should be in {a}",
        "i need {a} free",
        "i want {a} empty",
        "i need {a} to be clear",
        "take everything out of {a}",
        "get everything out of {a}",
        "make room on {a}",
        "vacate {a}",
        "unload {a}",
        "let nothing stay on {a}",
        "there should be nothing on {a}",
        "there should be nothing in {a}",
        "no thing should be left on {a}",
        "remove whatever is in {a}",
        "clear the top of {a}",
        "get whatever is on {a} off it",
        "take the thing on {a} away",
        "{a} should be empty",
        "{a} must be clear",
        "{a} should have nothing on it",
        "{a} should have nothing in it",
        "{a} needs to be free",
        "i want nothing on {a}",
        "leave nothing on {a}",
        "leave nothing in {a}",
        "make {a} empty",
        "get {a} cleared",
        "i need {a} to have nothing on it",
        "there is something on {a}, take it away",
        "make space on {a}",
    ),
    "hold": (
        "pick up {a}",
        "pick up {a}",
        "pick {a} up",
        "pick {a} up",
        "lift {a}",
        "lift up {a}",
        "lift {a} up",
        "grab {a}",
        "hold {a}",
        "take {a}",
        "raise {a}",
        "grasp {a}",
        "get hold of {a}",
        "lift {a} and hold on to it",
        "pick up {a} and hold it",
        "grab hold of {a}",
        "hold {a} up in the air",
        "keep {a} in your gripper",
        "i want you to hold {a}",
        "take hold of {a}",
        "lift {a} off the table",
        "hold on to {a}",
        "hang on to {a}",
        "keep hold of {a}",
        "grip {a}",
        "lift {a} into the air",
        "get {a} into the gripper",
        "have {a} in your gripper",
        "i'd like {a} held up",
        "take {a} in your hand",
        "hold up {a}",
        "keep {a} up in the air",
        "get {a} off the table",
        "up with {a}",
    ),
    "line": (
        "line up {a}",
        "line up {a}",
        "line {a} up",
        "arrange {a} in a line",
        "arrange {a} in a row",
        "put {a} in a line",
        "put {a} in a row",
        "put {a} in a straight line",
        "make a line out of {a}",
        "make a row of {a}",
        "align {a}",
        "form a line with {a}",
        "lay {a} out in a row",
        "place {a} in a line",
        "i want {a} in a row",
        "{a} should be in a line",
        "set {a} up in a line",
        "order {a} in a row",
        "build a row of {a}",
        "queue up {a}",
        "line {a} up neatly",
        "{a} lined up",
        "i want {a} lined up",
        "i want {a} lined up next to each other",
        "put {a} in single file",
        "make {a} form a straight line",
        "set out {a} in a row",
        "arrange {a} in a neat line",
        "a line of {a}",
        "a row of {a}",
        "let {a} stand in a row",
        "get {a} in line",
    ),
    "tower": (
        "stack {a}",
        "stack {a}",
        "stack up {a}",
        "stack {a} up",
        "build a tower of {a}",
        "build a tower from {a}",
        "build a tower with {a}",
        "make a tower out of {a}",
        "make a stack of {a}",
        "pile up {a}",
        "pile {a} up",
        "put {a} on top of each other",
        "make a pile of {a}",
        "stack {a} on top of each other",
        "build a stack of {a}",
        "build a tower out of {a}",
        "tower of {a}",
        "i want a tower of {a}",
        "create a tower with {a}",
        "turn {a} into a tower",
        "stack {a} into a tower",
        "a stack of {a}",
        "make a tower from {a}",
    ),
    "apart": (
        "keep {a} and {b} apart",
        "separate {a} from {b}",
        "separate {a} and {b}",
        "{a} must not be near {b}",
        "{a} should not be near {b}",
        "{a} shouldn't be close to {b}",
        "{a} mustn't be next to {b}",
        "make sure {a} is not near {b}",
        "don't leave {a} near {b}",
        "{a} and {b} should be far apart",
        "put some distance between {a} and {b}",
        "move {a} and {b} apart",
        "make some space between {a} and {b}",
        "{a} should not touch {b}",
        "{a} must not touch {b}",
        "i don't want {a} next to {b}",
        "get {a} and {b} away from each other",
        "don't let {a} touch {b}",
        "spread {a} and {b} apart",
        "{a} can't be close to {b}",
        "{a} is too close to {b}",
        "keep {a} away from {b}",
    ),
    "together": (
        "put {a} and {b} next to each other",
        "put {a} and {b} side by side",
        "bring {a} and {b} together",
        "move {a} and {b} close together",
        "{a} and {b} should be side by side",
        "place {a} and {b} beside each other",
        "i want {a} and {b} next to each other",
        "{a} and {b} should be next to one another",
        "{a} should touch {b}",
        "make {a} touch {b}",
        "put {a} together with {b}",
    ),
    "off": (
        "take {a} off {b}",
        "take {a} off of {b}",
        "remove {a} from {b}",
        "get {a} off {b}",
        "unstack {a} from {b}",
        "lift {a} off {b}",
        "take {a} out of {b}",
        "get {a} out of {b}",
        "take {a} from {b}",
        "move {a} off {b}",
        "pull {a} out of {b}",
        "{a} shouldn't be on {b}",
        "{a} should not be in {b}",
        "i don't want {a} on {b}",
    ),
}
ENDS: Final[dict[Literal["base", "peak"], tuple[str, ...]]] = {
    "base": (
        " with {b} at the bottom",
        " starting with {b}",
        ", {b} at the bottom",
        " with {b} as the base",
        ", {b} first",
        " beginning with {b}",
    ),
    "peak": (
        " with {b} on top",
        " with {b} at the top",
        ", {b} on top",
        " ending with {b}",
        " and {b} goes on top",
        " with {b} on the top",
    ),
}
AFTERTHOUGHTS: Final = (
    ", not {x} though", ", but not {x}", " except {x}", ", except for {x}", ", only {x} stays out", ", {x} excepted",
    ", just not {x}", " but leave out {x}", ", only not {x}", " with the exception of {x}", ", {x} excluded",
    ", not {x}", ", skip {x}", " but not {x} please", ", all except {x}", ", only {x} should stay out",
    ", leave {x} out",
)  # fmt: skip
ACTS: Final = {
    "on": 24,
    "in": 15,
    "zone": 10,
    "at": 14,
    "left_of": 4,
    "right_of": 4,
    "in_front_of": 4,
    "behind": 4,
    "next_to": 6,
    "apart": 2,
    "between": 4,
    "shift": 7,
    "down": 2,
    "clear": 4,
    "hold": 4,
    "line": 5,
    "tower": 14,
    "off": 2,
    "apart_whole": 3,
    "together": 2,
    "under": 2,
}
UPWARD: Final = (" from bottom to top", ", bottom to top", " in that order from the bottom")
DOWNWARD: Final = (" from top to bottom", ", top to bottom", " in that order from the top")
BOTTOMS: Final = ("at the bottom", "at the bottom", "as the base", "below", "first", "on the bottom")
TOWER_HEADS: Final = (
    "build a tower: ", "build a tower with ", "make a stack with ", "make a tower where ", "i want a stack with ",
    "pile them up: ",
)  # fmt: skip
