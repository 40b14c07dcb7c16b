"""What English speakers say in answer to a question of each type, as the rules of a grammar: data only.

A rule's name goes to its body in JSGF. Only lower-case words, nothing recursive.
"""

from collections.abc import Mapping
from types import MappingProxyType

from engine.compiler.grammars.names import FIRST_NAMES, SURNAMES

_UNITS = "one | two | three | four | five | six | seven | eight | nine"
_TEENS = "ten | eleven | twelve | thirteen | fourteen | fifteen | sixteen | seventeen | eighteen | nineteen"
_TENS = "twenty | thirty | forty | fifty | sixty | seventy | eighty | ninety"
_FIRST_NINE = "first | second | third | fourth | fifth | sixth | seventh | eighth | ninth"
_ORDINAL_TEENS = (
    "tenth | eleventh | twelfth | thirteenth | fourteenth | fifteenth | sixteenth | seventeenth"
    " | eighteenth | nineteenth"
)

RULES: Mapping[str, str] = MappingProxyType(
    {
        "please": "please | thanks | thank you",
        "yes": (
            "yes [please | sir | i do | that's right | that's correct | it is] | yeah [sure] | yep | yup | sure"
            " | okay | of course | correct | right | that's right | that's correct | that works | sounds good"
            " | go ahead | absolutely | definitely | i do | exactly | fine | that's fine"
        ),
        "no": (
            "no [thanks | thank you | it's not | i don't | that's wrong | that's not right] | nope | nah"
            " | not really | not now | never | wrong | that's wrong | that's not right | that's not correct"
            " | i don't | i don't want to | absolutely not | incorrect"
        ),
        "unit": _UNITS,
        "teen": _TEENS,
        "ten": _TENS,
        "to99": "<unit> | <teen> | <ten> [<unit>]",
        "to999": "<to99> | (<unit> | a) hundred [[and] <to99>]",
        "to9999": "<to999> | <to99> thousand [[and] <to999>]",
        "zero": "zero",
        "for": "for | we are | there are | it's | it'll be | there will be | make it | party of",
        "people": "people | guests | persons | of us",
        "digit": f"zero | oh | {_UNITS}",
        "alone": f"zero | {_UNITS}",
        "twice": "double <digit>",
        "weekday": "monday | tuesday | wednesday | thursday | friday | saturday | sunday",
        "month31": "january | march | may | july | august | october | december",
        "month30": "april | june | september | november",
        "to29th": f"{_FIRST_NINE} | {_ORDINAL_TEENS} | twentieth | twenty ({_FIRST_NINE})",
        "to28th": (
            f"{_FIRST_NINE} | {_ORDINAL_TEENS} | twentieth"
            " | twenty (first | second | third | fourth | fifth | sixth | seventh | eighth)"
        ),
        "day": (
            "<month31> [the] (<to29th> | thirtieth | thirty first) | <month30> [the] (<to29th> | thirtieth)"
            " | february [the] <to28th> | the (<to29th> | thirtieth | thirty first) of <month31>"
            " | the (<to29th> | thirtieth) of <month30> | the <to28th> of february"
        ),
        "date": ("today | tomorrow | the day after tomorrow | [on | this | next] <weekday> | [on] <day>"),
        "after": "today | tomorrow | the day after tomorrow | (on | this | next) <weekday> | on <day>",
        "birthday": "[on] <day> [(nineteen <ten> [<unit>] | two thousand [[and] (<unit> | <teen>)])]",
        "hour": "one | two | three | four | five | six | seven | eight | nine | ten | eleven | twelve",
        "minute": (
            "ten | fifteen | twenty | twenty five | thirty | thirty five | forty | forty five | fifty | fifty five"
            " | oh five"
        ),
        "half": "a m | p m | in the morning | in the afternoon | in the evening",
        "time": (
            "noon | midnight | <hour> [o'clock] [<half>] | <hour> <minute> [<half>]"
            " | (half past | quarter past | quarter to | a quarter past | a quarter to | ten past | ten to"
            " | twenty past | twenty to | five past | five to) <hour> [<half>]"
        ),
        "at": "at | around | about | for",
        "when": "<date> (at | around) <time> | [at] <time> <after>",
        "called": "my name is | the name is | this is | it's | under the name of",
        "first": FIRST_NAMES,
        "surname": SURNAMES,
        "rather": "no it's",
        "meant": "no it's | no | i meant | no i meant | sorry i meant | actually | make it",
    }
)
"""By name."""
