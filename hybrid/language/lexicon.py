"""The everyday words for colours, kinds, places and directions, shared by the training grammar and the run-time guards.

Only words live here: what they mean is a value of ``hybrid.language.schema``.
"""

from __future__ import annotations

import re
from typing import Final

from hybrid.language.schema import Colour, Direction, Extreme, KindWord, Link, Place

COLOUR_WORDS: Final[dict[Colour, tuple[str, ...]]] = {
    "red": ("red", "red", "red", "crimson", "scarlet"),
    "green": ("green", "green", "green", "emerald"),
    "blue": ("blue", "blue", "blue", "navy"),
    "yellow": ("yellow", "yellow", "yellow", "golden"),
    "orange": ("orange",),
    "purple": ("purple", "purple", "violet"),
    "pink": ("pink", "pink", "rose"),
    "cyan": ("cyan", "turquoise", "teal", "aqua"),
    "brown": ("brown", "brown", "tan"),
    "white": ("white",),
    "black": ("black",),
    "gray": ("gray", "grey"),
}
"""Names people use; a repeated word is said more often."""

KIND_WORDS: Final[dict[KindWord, tuple[str, ...]]] = {
    "cube": ("cube",),
    "block": ("block", "block", "block", "brick"),
    "cylinder": (
        "cylinder", "cylinder", "cylinder", "can", "tube", "column", "cyl", "roller", "barrel", "tin", "post", "drum",
    ),
    "ball": ("ball", "ball", "sphere", "marble"),
    "bowl": ("bowl", "bowl", "bowl", "bowl", "cup", "dish", "basin"),
    "tray": ("tray", "tray", "plate", "box", "platter"),
    "container": ("container", "basket", "bin", "receptacle", "holder"),
    "zone": ("zone", "zone", "area", "mat", "patch", "region", "square", "pad", "field", "rectangle"),
    "thing": (
        "one",
        "one",
        "one",
        "one",
        "one",
        "thing",
        "thing",
        "object",
        "object",
        "item",
        "piece",
        "toy",
        "guy",
        "fella",
        "thingy",
    ),
}  # fmt: skip
PLURALS: Final[dict[str, str]] = {"box": "boxes", "dish": "dishes", "patch": "patches"}

UNKNOWN_NOUNS: Final[tuple[str, ...]] = tuple(
    """apple banana carrot sandwich teapot kettle spoon fork knife hammer screwdriver wrench bottle pencil pen
    notebook laptop phone mouse keyboard chair sofa lamp pyramid cone prism ring triangle star heart book magazine
    shoe sock hat glove jacket car truck train plane boat elephant cat dog duck dinosaur unicorn robot doll teddy
    puppet coin key wallet watch candle flower plant tree leaf stone rock shell stick rope string ribbon bag bucket
    umbrella glass jar pan pot lid napkin towel sponge brush comb mirror clock radio camera drone battery cable plug
    charger marker crayon eraser ruler scissors stapler tape glue card dice domino puzzle chess pawn queen knight
    bridge castle house wheel engine motor screw bolt nut nail egg drawer window
    door cupboard cookie cake bread cheese tomato potato lemon
    orange-juice pear grape melon peach onion pizza burger fries egg-carton
    donut pretzel statue vase trophy medal flag balloon kite guitar piano violin trumpet whistle bell""".split()
)
"""Nouns that name nothing on such a table; more come from the tokenizer's own words."""

PLACE_WORDS: Final[dict[Place, tuple[str, ...]]] = {
    "center": (
        "middle", "center", "centre", "middle of the table", "center of the table", "centre of the table",
        "very middle", "exact middle",
    ),
    "left": (
        "left", "left side", "left edge", "left edge of the table", "left hand side", "left-hand side", "left end",
        "left border", "left-hand edge",
    ),
    "right": (
        "right", "right side", "right edge", "right edge of the table", "right hand side", "right-hand side",
        "right end", "right border", "right-hand edge",
    ),
    "top": (
        "top", "back", "far side", "far edge", "top edge", "back edge", "back of the table", "upper edge", "rear",
        "far end", "top of the table", "top side", "rear edge", "opposite side", "opposite edge", "side away from me",
        "edge furthest from me",
    ),
    "bottom": (
        "bottom", "front", "near side", "near edge", "bottom edge", "front edge", "front of the table", "lower edge",
        "edge closest to me", "side near me", "bottom side", "bottom of the table", "near end", "edge near me",
        "edge nearest me", "closest edge", "front side",
    ),
    "top_left": (
        "top left", "top left corner", "upper left corner", "back left corner", "far left corner", "upper left",
        "top-left corner", "left back corner", "back left", "far left hand corner", "back corner on the left",
        "top left hand corner", "corner at the back left", "left corner at the back", "left hand back corner",
    ),
    "top_right": (
        "top right", "top right corner", "upper right corner", "back right corner", "far right corner", "upper right",
        "top-right corner", "right back corner", "back right", "far right hand corner", "back corner on the right",
        "top right hand corner", "corner at the back right", "right corner at the back", "right hand back corner",
    ),
    "bottom_left": (
        "bottom left", "bottom left corner", "lower left corner", "front left corner", "near left corner", "lower left",
        "bottom-left corner", "left front corner", "front left", "front corner on the left",
        "corner nearest me on the left", "bottom left hand corner", "corner at the front left",
        "left corner at the front", "left hand front corner",
    ),
    "bottom_right": (
        "bottom right", "bottom right corner", "lower right corner", "front right corner", "near right corner",
        "lower right", "bottom-right corner", "right front corner", "front right", "front corner on the right",
        "corner nearest me on the right", "bottom right hand corner", "corner at the front right",
        "right corner at the front", "right hand front corner",
    ),
}  # fmt: skip

OPEN_PLACES: Final[dict[Place, tuple[str, ...]]] = {
    "corner": (
        "in a corner", "in the corner", "in any corner", "in one of the corners", "into a corner", "to a corner",
        "in some corner", "to the nearest corner", "in a free corner", "in whichever corner", "over in a corner",
        "in some corner, i don't care which", "in any corner you like", "to any old corner", "in one corner or another",
    ),
    "edge": (
        "at an edge", "at the edge", "to the edge of the table", "at the nearest edge", "to an edge",
        "at the border of the table", "to the edge",
    ),
    "free": (
        "out of the way", "aside", "somewhere free", "to a free spot", "somewhere else", "to the side, out of the way",
        "on a free spot", "anywhere free", "where there is room", "to an empty spot", "off to the side",
    ),
}  # fmt: skip
"""Places of which there are several; said with their preposition."""

DIRECTION_WORDS: Final[dict[Direction, tuple[str, ...]]] = {
    "left": (
        "left", "left", "to the left", "to the left", "to my left", "leftwards", "leftward", "towards the left",
        "toward the left side", "over to the left", "to left", "in the left direction", "in left direction",
    ),
    "right": (
        "right", "right", "to the right", "to the right", "to my right", "rightwards", "rightward", "towards the right",
        "toward the right side", "over to the right", "to right", "in the right direction", "in right direction",
    ),
    "away": (
        "away", "away from me", "further away", "farther away from me", "forward", "forwards", "up", "towards the back",
        "back", "to the back",
    ),
    "closer": (
        "closer", "closer to me", "towards me", "nearer to me", "backwards", "down", "toward the front", "nearer",
        "in my direction", "toward me",
    ),
}  # fmt: skip

EXTREME_BEFORE: Final[dict[Extreme, tuple[str, ...]]] = {
    "leftmost": ("leftmost", "left", "left-most", "furthest left", "left-hand", "left hand", "far left"),
    "rightmost": ("rightmost", "right", "right-most", "furthest right", "right-hand", "right hand", "far right"),
    "nearest": ("nearest", "closest", "front", "frontmost", "near"),
    "farthest": ("farthest", "furthest", "back", "rearmost", "far", "rear"),
    "highest": ("highest", "topmost", "uppermost", "top"),
    "lowest": ("lowest", "bottommost", "bottom"),
    "biggest": ("biggest", "largest", "larger", "bigger"),
    "smallest": ("smallest", "tiniest", "smaller", "littlest"),
    "tallest": ("tallest", "taller", "tall", "longest"),
    "shortest": ("shortest", "shorter", "short", "flattest"),
    "middle": ("middle", "central"),
    "other": ("other", "other", "remaining"),
}
ORDINALS: Final[dict[Extreme, tuple[str, str]]] = {
    "second_left": ("second", "left"),
    "second_right": ("second", "right"),
    "third_left": ("third", "left"),
    "third_right": ("third", "right"),
}
EXTREME_AFTER: Final[dict[Extreme, tuple[str, ...]]] = {
    "leftmost": (
        "on the left", "that is furthest left", "that is on the left", "furthest to the left", "farthest left",
        "on my left", "on the far left", "at the far left", "on the left hand side", "over on the left",
        "all the way to the left", "that is more left", "what is more left",
    ),
    "rightmost": (
        "on the right", "that is furthest right", "that is on the right", "furthest to the right", "farthest right",
        "on my right", "on the far right", "at the far right", "on the right hand side", "over on the right",
        "all the way to the right", "that is more right", "what is more right",
    ),
    "nearest": (
        "closest to me", "nearest to me", "in front", "that is closest to me", "closer to me", "that is closer to me",
        "right in front of me", "nearest me", "closest to the front", "right at the front",
    ),
    "farthest": (
        "furthest away", "furthest from me", "at the back", "that is further away", "farther from me",
        "way at the back", "right at the back", "that is furthest from me", "all the way at the back",
    ),
    "middle": ("in the middle",),
    "biggest": ("that is biggest", "that's the largest"),
    "smallest": ("that is smallest", "that's the smallest"),
    "tallest": ("that is tallest", "that's the tallest"),
    "highest": ("on top of the pile", "highest up"),
    "lowest": ("at the bottom of the pile", "lowest down"),
}  # fmt: skip
LINK_WORDS: Final[dict[Link, tuple[str, ...]]] = {
    "on": (
        "on", "on top of", "sitting on", "that is on", "standing on", "that's on top of", "which is on", "resting on",
        "that's sitting on", "that is sitting on top of", "which sits on", "that's currently on", "lying on",
    ),
    "in": (
        "in", "inside", "that is in", "that's in", "lying in", "which is inside", "sitting in", "that's lying in",
        "that's sitting in", "that's currently in",
    ),
    "under": ("under", "below", "underneath", "beneath", "that is under"),
    "left_of": ("left of", "to the left of", "that is left of", "that's to the left of", "on the left of"),
    "right_of": ("right of", "to the right of", "that is right of", "that's to the right of", "on the right of"),
    "in_front_of": ("in front of", "that's in front of"),
    "behind": ("behind", "that is behind", "that's behind", "standing behind"),
    "next_to": ("next to", "beside", "by", "that is near", "near", "close to", "that's next to", "standing next to"),
    "nearest_to": ("nearest", "closest to", "nearest to", "that is closest to"),
    "farthest_from": ("farthest from", "furthest from", "furthest away from"),
}  # fmt: skip

NUMBER_WORDS: Final[tuple[str, ...]] = tuple(
    """one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen
    nineteen twenty""".split()
)

_COLOUR_OF: Final[dict[str, Colour]] = {word: colour for colour, words in COLOUR_WORDS.items() for word in words}


def colours_in(text: str) -> list[Colour]:
    """Return the colours named in ``text``, in order, with repetitions."""
    return [_COLOUR_OF[word] for word in re.findall(r"[a-z]+", singular(text.lower())) if word in _COLOUR_OF]


def singular(text: str) -> str:
    """Return ``text`` with plural colour nouns (*the reds*) made singular."""
    return re.sub(r"\b(" + "|".join(_COLOUR_OF) + r")s\b", r"\1", text)


def plural(noun: str) -> str:
    """Return the plural of a kind word."""
    return PLURALS.get(noun, noun + "s")


KIND_FORMS: Final = {
    kind: frozenset(form for noun in nouns for form in (noun, plural(noun)))
    for kind, nouns in KIND_WORDS.items()
    if kind != "thing"
}
"""Every noun for a kind, in the singular and the plural."""
