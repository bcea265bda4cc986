"""Further sentences round one clause: plans told aloud, complaints, wishes of people whose first language is another.

The words of the training grammar that ``grammar_sentences`` fills in; tables only. ``CONTRASTS`` name, beside where a
thing goes, where it does not.
"""

from __future__ import annotations

from typing import Final

ORDERS: Final = (
    "take {a} and {put} {rest}", "grab {a} and {put} {rest}", "get {a}, {put} {rest}", "pick up {a} and {put} {rest}",
    "grab {a}, {it} {goes} {rest}", "pick up {a}, {it} {goes} {rest}", "find {a}, {it} {goes} {rest}",
    "take {a}, {it} {belongs} {rest}", "go get {a} and {put} {it} {rest}", "pick up {a}, then {put} {it} {rest}",
    "take {a} {rest}", "take {a} and pop {it} {rest}", "grab {a} and stick {it} {rest}", "{put} {a} down right {rest}",
    "have {a} {putted} {rest}", "get {a} {putted} {rest}", "ensure {a} {is} situated {rest}",
    "see that {a} {is} {putted} {rest}", "make sure {a} ends up {rest}", "make certain that {a} {is} {rest}",
    "make {a} end up {rest}", "let {a} end up {rest}", "{put} {a}, if you can, {rest}", "{put} {a}, please, {rest}",
    "take {a} from there and {put} {it} {rest}", "{put} {a} {rest} where {it} {belongs}", "make that {a} {is} {rest}",
    "find somewhere {rest} for {a}", "lift {a} and set {it} {rest}", "{put} {rest} {a}", "relocate {a} {rest}",
    "rest {a} {rest}", "park {a} {rest}", "tuck {a} {rest}", "bung {a} {rest}", "stick {a} {rest}", "drop {a} {rest}",
    "sling {a} {rest}", "shove {a} over so {it} {is} {rest}", "lob {a} {rest}", "perch {a} {rest}", "lay {a} {rest}",
    "get {a} moved {rest}", "place {a} down {rest}", "{put} {a} over {rest}", "move {a} so that {it} {is} {rest}",
)  # fmt: skip
"""Orders; they may follow *please* or *could you*."""
STATES: Final = (
    "i want that {a} {is} {rest}", "i want that you {put} {a} {rest}", "i like {a} to be {rest}",
    "please that {a} {is} {rest}", "you must {put} {a} {rest}", "{a} i would like {rest}", "{a} it must be {rest}",
    "is it possible that {a} {is} {rest}", "it is necessary that {a} {is} {rest}", "you take {a} and {put} {it} {rest}",
    "you can {put} {a} {rest}", "i wish that {a} {is} {rest}", "be so good to {put} {a} {rest}",
    "i'd be obliged if {a} could be {putted} {rest}", "i should be most obliged if {a} could be {putted} {rest}",
    "i'd be glad if {a} went {rest}", "it'd be ideal if {a} was {rest}", "it would suit me if {a} were {rest}",
    "i would be very grateful if {a} were to be {putted} {rest}", "might i have {a} {rest}", "may i have {a} {rest}",
    "what we're going to do is {put} {a} {rest}", "we're going to take {a} and {put} {it} {rest}",
    "we're gonna {put} {a} {rest}", "you're going to {put} {a} {rest}", "now you {put} {a} {rest}",
    "we {put} {a} {rest}",
    "so we take {a} and we {put} {it} {rest}", "i'll have {a} {rest} please", "i'll take {a} {rest}",
    "let's get {a} {rest}", "let's have {a} {rest}", "time for {a} to go {rest}", "time to get {a} {rest}",
    "{a} to go {rest}", "{rest} for {a}", "next up: {a} {rest}", "i'd rather have {a} {rest}",
    "i'd rather {a} was {rest}",
    "i'd sooner have {a} {rest}", "i'd prefer {a} to be {rest}", "i'd prefer it if {a} were {rest}",
    "{a} {is} in the wrong place, {put} {it} {rest}", "{a} can't stay there, {put} {it} {rest}",
    "don't leave {a} there, {put} {it} {rest}", "can't have {a} there, {rest} please",
    "can't have {a} sitting there, {rest}",
    "{a} {is} in my way, {put} {it} {rest}", "{a} {is} in the way there, {put} {it} {rest}",
    "{a} isn't where i want {it}; i want {it} {rest}", "{a} shouldn't be there, {it} should be {rest}",
    "{a} should be {rest}, please {put} {it} there", "{a} {belongs} {rest}, so {put} {it} there",
    "{a} {goes} {rest}, so could you {put} {it} there", "i want {a} {rest}, so take {it} there",
    "{a} {has} to be {rest}, can you {put} {it} there", "you see {a}? {it} {goes} {rest}", "see {a}? {rest} please",
    "there's {a}, {put} that {rest}", "there's {a} there, that goes {rest}", "{a}, yeah, {put} that {rest}",
    "{a}, right, {put} {it} {rest}", "{a}, you know, {rest} with {it}", "that {a} thing, well: {a} {rest}",
    "{rest}, yes {rest}, {put} {a}", "{rest}: that's where i want {a}", "{rest} with {a} please", "{rest} please, {a}",
    "{rest} please with {a}", "{rest} should go {a}", "{rest} please {put} {a}", "{rest} you should {put} {a}",
    "onto the next: {a} {rest}", "what would be nice? {a} {rest}", "you know what would be nice? {a} {rest}",
    "you know what i'd like? {a} {rest}", "know what? {put} {a} {rest}", "guess what, {a} {goes} {rest}",
    "what about {a} {rest}", "could it be that {a} should be {rest}? then {put} {it} there", "{a} is missing {rest}",
    "{rest} there's room for {a}", "{a} fits {rest}, {put} {it} there", "{a}'s place is {rest}",
    "{a} was last seen not {rest}"
    ", {put} {it} back {rest}", "{a} {rest}, that would be lovely", "{a} {rest}, that's what i want",
    "{a} {rest}. that's all i need", "{a} {rest}, can you do that", "{a} {rest}, are you able to do that",
    "want {a} {rest}", "need {a} {rest}", "needs {a} {rest}", "would like {a} {rest}", "{a} pls {rest}", "{a}! {rest}!",
    "{a} wants putting away {rest}", "{a} needs to be put away {rest}", "{a} could do with being {rest}",
    "{a} would be happier {rest}", "{a} would look nicer {rest}", "{a} feels better {rest}", "{a} to sit {rest}",
    "the idea is that {a} {is} {rest}", "the aim is for {a} to be {rest}", "in the end {a} should be {rest}",
    "at the end of it {a} should be {rest}", "when you're done {a} should be {rest}", "result: {a} {rest}",
    "i expect {a} to be {rest}", "i'd expect {a} {rest}", "leave {a} {rest}", "have {a} rest {rest}",
)  # fmt: skip
"""Wishes, duties and wanted states."""
CONTRASTS: Final = (
    "{a} {rest}, not {w}", "{put} {a} {rest}, not {w}", "{put} {a} {rest} instead of {w}", "{a} {rest} instead of {w}",
    "{put} {a} {rest} rather than {w}", "{put} {a} not {w} but {rest}", "not {w}, {put} {a} {rest}",
    "i'd rather have {a} {rest} than {w}", "i'd rather {a} was {rest} than {w}", "i prefer {a} {rest} to {w}",
    "{a} should be {rest}, not {w}", "{a} {belongs} {rest} and not {w}", "{a} {goes} {rest}, never {w}",
    "instead of {w}, {put} {a} {rest}", "{put} {a} {rest}, and not {w}", "{put} {a} {rest}, but not {w}",
    "don't {put} {a} {w}, {put} {it} {rest}", "i don't want {a} {w}, i want {it} {rest}", "{a} better {rest} than {w}",
    "{put} {a} {rest} and not {w} please", "no, not {w}: {put} {a} {rest}", "{a} shouldn't be {w} but {rest}",
)  # fmt: skip
FAR_RESTS: Final[dict[str, tuple[str, ...]]] = {
    "on": ("on the top of", "up on", "onto the top of", "up on top of"),
    "in": ("down into", "in to", "inside of", "into"),
    "zone": ("on to", "over onto", "upon", "over on", "onto", "on"),
    "left_of": ("on the left hand side of", "at the left of", "to left of", "immediately left of", "on left of"),
    "right_of": ("on the right hand side of", "at the right of", "to right of", "immediately right of", "on right of"),
    "in_front_of": ("just in front of", "in the front of", "infront of", "immediately in front of"),
    "behind": ("just behind", "round the back of", "to the rear of", "in the back of", "directly behind"),
    "next_to": (
        "near to",
        "near of",
        "right by",
        "just by",
        "at the side of",
        "by the side of",
        "close beside",
        "nearby",
    ),
}
"""Further words for where something goes, rarer than those of ``grammar_verbs``."""
SLIGHTLY: Final = (
    "a bit", "a bit", "a little", "a little", "slightly", "a tad", "a little bit", "a touch", "just a bit", "a smidge",
    "a hair", "a tiny bit", "a wee bit", "a fraction", "a smidgen", "a few centimetres", "a few cm", "one small bit",
    "ever so slightly", "just a touch", "somewhat", "a nudge",
)  # fmt: skip
"""Words for a small way."""
PILES: Final = (
    "the tower", "the tower", "the stack", "the pile", "the top of the tower", "the top of the pile",
    "the existing tower",
    "that tower", "the top of the stack", "the tower that is already there", "the tower there",
)  # fmt: skip
"""Words for the highest of what is stacked already."""
