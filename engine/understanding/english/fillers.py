"""What English speakers say around an answer, instead of one, and to take one back: data only."""

from __future__ import annotations

from typing import Final

from engine.understanding.english.words import listed

UNSURE, WAIT, RETRACT, HANDOVER, BOUND = "<unsure>", "<wait>", "<retract>", "<handover>", "<bound>"
NO, NOT, NOT_THIS, HEDGE = "<no>", "<not>", "<not-this>", "<hedge>"
RETRACTIONS: Final = frozenset((RETRACT, NO))

IDIOMS: Final[dict[str, str]] = {
    # The speaker does not know, or leaves it open.
    UNSURE: """
    i don't know|i dont know|don't know|dont know|i do not know|dunno|i dunno|no idea|no clue|
    not a clue|haven't a clue|i have no idea|i've no idea|i have no clue|i haven't decided|
    haven't decided|not decided|i can't decide|can't decide|not sure|i'm not sure|i am not sure|
    im not sure|not certain|unsure|i'm unsure|i can't remember|can't remember|i don't remember|i forgot|
    i forget|hard to say|it depends|depends|that depends|who knows|beats me|search me|
    your guess is as good as mine|i wish i knew|i don't understand|don't understand|i didn't catch that|
    i didn't understand|i'd rather not say|rather not say|i would rather not say|prefer not to say|
    i prefer not to say|i'd prefer not to say|i don't want to say|i won't say|none of your business|
    it doesn't matter|doesn't matter|i don't care|don't care|no preference|i have no preference|
    you choose|you decide|up to you|your choice|surprise me|whatever|whichever|whenever|any time|
    anytime|any day|some time|sometime|some day|someday|one day|one of these days|let me think|
    let me see|let me check|i need to check|i have to check|i'll have to check
    """,
    # The speaker wants a moment.
    WAIT: """
    hold on|hang on|wait|wait a minute|wait a second|wait a sec|wait a moment|wait wait|one moment|
    just one moment|a moment|just a moment|one second|just one second|one sec|just one sec|a second|
    just a second|a sec|just a sec|one minute please|just a minute|just one minute|give me a minute|
    give me one minute|give me two minutes|give me five minutes|give me a second|give me one second|
    give me two seconds|give me a moment|give me a sec|two seconds|two secs|bear with me|half a second|
    in a minute|in a moment|in a second|in a sec|hold the line|hold up|a minute please
    """,
    # The speaker takes something back.
    RETRACT: """
    i mean|i meant|i meant to say|what i mean is|what i meant was|i mean to say|actually|well actually|
    or rather|scratch that|strike that|scrap that|forget that|ignore that|make that|make it|
    change that to|change it to|change this to|change to|switch to|switch it to|correction|
    let me correct that|let me rephrase|on second thought|on second thoughts|sorry|i'm sorry|oh sorry|
    oops|whoops|my mistake|my bad|pardon me|excuse me|instead|better|or better|even better|no wait|
    no hold on|no hang on|i said|i already said|i told you|i already told you|already said|already told you|
    i just said|i just told you|that should be|it should be|should be|should have been|rather make it|
    i changed my mind|i've changed my mind|changed my mind|that was wrong|but now it's|now it's|
    it's now|we're now|that's wrong|that is wrong|that's not right|that's not what i said|wrong|
    incorrect
    """,
    # The speaker says no, perhaps to what came before.
    NO: """
    no|nope|nah|no no|no no no|oh no
    """,
    # The speaker wants somebody or something else.
    HANDOVER: """
    speak to|speak with|talk to|talk with|speak to someone|connect me|put me through|transfer me|
    customer service|ask something|ask you something|ask a question|ask you a question|
    i have a question|i've got a question|quick question|one more thing|one thing|one question|
    one way or another|one way or the other|second to none|fifty fifty|start over|for one thing|
    no one told|no one said|nobody told|go back|say that again|say again|come again|repeat|
    thank you for calling|one of those|that one time|one more time|once more|not my first
    """,
    # The speaker names a limit, which is no value.
    BOUND: """
    no later than|not later than|no earlier than|not before|not after|no more than|not more than|
    no less than|no fewer than|more than|up to|or more|or less|or fewer|and up|less than|fewer than|
    at least|at most|later than|earlier than|any time after|anytime after|any time before|
    anytime before|sometime after|some time after|sometime before|any day after|over|under|between
    """,
    # The speaker refuses what follows.
    NOT: """
    anything but|anything except|anything other than|anywhere but|anywhere except|any but|any one but|
    any time but|any day but|any day except|any time except|anytime but|everything but|
    everything except|all but|all except|whatever but|other than|did i say|rather than|better than|
    is better than|instead of|as opposed to|apart from|except for|except|excluding|without|not|isnt|
    is not|it's not|wasn't|aren't|don't want|dont want|do not want|didn't want|don't like|do not like|
    don't need|don't fancy|wouldn't like|wouldn't want|didn't say|didn't mean|don't mean|don't do|
    don't pick|don't choose|don't put me in|don't put us in|can't do|cannot do|can't make|cannot make|
    cant do|cant make|couldn't do|can't come|can't have|can't|cannot|won't|never|neither|nor|i hate|
    hate|dislike|avoid|over the|don't
    """,
    # The speaker refuses what came before.
    NOT_THIS: """
    isn't|doesn't work|not good|not possible|not an option|not great|not ideal|is not an option|
    is not great|does not work|don't work|won't work|won't do|wouldn't work|isn't good|is not good|
    isn't possible|isn't right|is no good|'s no good|no good|is out|is wrong|is bad|is not right|
    is not possible|doesn't suit|doesn't suit me|is too early|is too late|is too soon|is too cold|
    is too loud|is impossible
    """,
    # The speaker softens, in words that would mislead.
    HEDGE: """
    do you think|would you say|i was wondering if|i wonder if|    if you don't mind|if that's ok|
    if that is ok|if possible|if i may|if you can|i don't mind|
    why don't we|why don't you|why not|no problem|no worries|not bad|not too bad|what about|how about|
    let's say|let's go with|let's do|let's make it|let us say|i'll go with|i will go with|i'd go for|
    i'll go for|go with|go for|i guess|i suppose|i think|i believe|i reckon|i'd say|i would say|
    if anything|as i said|like i said|as i told you|as a matter of fact|nothing but|none other than|
    not only|i can't wait|can't wait|a question of|for sure|of course
    """,
}
"""Phrases, parted by bars, by the one token each amounts to."""

NO_ONE: Final = {
    "no one": "nobody",
    "no body": "nobody",
    "noone": "nobody",
    "no people": "nobody",
}

FILLERS: Final = listed(
    """
    a an the and so um uh er erm hmm hm mm ah oh eh well ok okay right yes yeah yep yup sure alright
    fine great good perfect lovely brilliant excellent nice cool please thanks thank you cheers ta hi
    hello hey there here i i'm im i'd i'll i've me my we we're we'd we'll we've us our you your it
    it's its it'd it'll that that's that'd that'll this these those they them he she his her their
    there's there're one's ones let let's lets is are was be been being will would'd would could can
    may might shall should do does did have has had having got get want wants wanted wanna need needs
    needed like love prefer preferred choose pick take taking select book booking reserve reserving
    order go going gonna come coming come have say saying give make put try use set to for of in on at
    by as with from into about around roughly approximately approx nearly almost maybe perhaps
    probably possibly ideally preferably definitely certainly absolutely simply really just only even
    still also too then now again exactly precisely sharp ish or so thereabouts some say guess think
    suppose hope believe mean which what's be'd if possible available ok'd works work suits suit best
    answer option choice last lot kind sort bit quite very all total altogether number amount figure
    mate sir madam ma'am man love dear thing way something gotta ought know see look see'd already
    currently today's tonight's
    """
)
"""Words that add nothing to an answer. `last` and such mean something only to some grammars."""

RED: Final = listed(
    """
    told said asked called waiting waited spoke question questions problem problems issue complaint
    complain wrong what what's whats why how who who's whom whose where where's when when's which's
    pardon huh repeat help someone somebody agent human operator representative manager person's
    work's office's because before after between until till since than unless while bye goodbye later
    soon ago hundredth percentile many much street road avenue dot @ cancel
    """
)
"""Words that turn what stands beside them into something else than an answer."""

ALTERNATIVES: Final = frozenset(
    ("or", "and", "to", "maybe", "perhaps", "possibly", "through", "nor", "versus", "vs")
)
