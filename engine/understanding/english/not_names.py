"""Words that are no part of a person's name when they stand where one was asked for: data only.

Words that are also names (will, mark, grace, may, hope, bill, art, rich, ...) are left out on purpose.
"""

from __future__ import annotations

from typing import Final

from engine.understanding.english.words import listed

CARRIERS: Final = """
my name is|my name's|my names|my full name is|my full name's|my first name is|my first name's|
my last name is|my last name's|my surname is|my surname's|my family name is|my given name is|
my christian name is|my middle name is|the name is|the name's|name is|name's|the surname is|surname is|
surname|last name is|last name|first name is|first name|family name is|family name|given name is|
given name|full name is|full name|the last name is|the first name is|it's|it is|its|this is|that's|
that is|that would be|that'd be|i'm|i am|im|i'm called|i am called|i'm known as|call me|you can call me|
just call me|please call me|people call me|everyone calls me|everybody calls me|they call me|
my friends call me|friends call me|i go by|i usually go by|it's under|it is under|it's under the name|
under|under the name|under the name of|put it under|put that under|put it in the name of|book it under|
book it in the name of|book it for|make it under|reservation under|it'll be under|it should be under|
in the name of|the booking is under|the reservation is under|the table is under|
the name on the booking is|the reservation is for|the booking is for|you're speaking to|
you are speaking to|you're talking to|you're speaking with|speaking with|it's for|name|my name|the name|
name of|named|the name of|put me down as|just put|say|make it|make that|it's me|it is me|me is|me llamo|
yes it's|yes this is|you may call me|i was born|the name would be|my name would be|that will be|
that'll be|it would be|it'd be|it will be|it'll be|let's say|let's go with|use|try|for|mine is|mine's|
i said|i mean|i meant|should be|it should be|hi it's|his name is|her name is|their name is|his name's|
her name's|she's called|he's called|his surname is|her surname is
"""
LEADING: Final = listed(
    """
    um uh er erm hmm hm ah oh well so ok okay yes yeah yep sure right hi hello hey and please just of
    course certainly good morning afternoon evening day there thanks now then alright actually sorry
    no nope wait sir madam ma'am is simply course
    """
)
TRAILING: Final = listed(
    """
    please thanks thank you here speaking calling sir madam ma'am that's all okay ok then my name is
    the for short as usual again right yes yeah me it it's here's too i think on phone the line
    """
)
TITLES: Final = listed(
    """
    mr mister mrs missus miss ms mx dr doctor doc prof professor sir dame madam lady lord reverend rev
    father captain capt sergeant sgt colonel col major lieutenant lt judge mademoiselle madame
    monsieur herr frau señor señora
    """
)
PARTICLES: Final = listed(
    """
    van von der den de da di del della des du la le las los dos das do ten ter zu zum zur af av al el
    bin ibn bint ben y e
    """
)
GIVEN_TOO: Final = listed("ben al di van")
"""Particles that are given names as well: taken when nothing else is said."""
SUFFIXES: Final = {
    "jr": "Jr.",
    "junior": "Jr.",
    "sr": "Sr.",
    "senior": "Sr.",
    "ii": "II",
    "iii": "III",
    "iv": "IV",
    "phd": "PhD",
}
WORDS: Final = listed(
    """
    a about above after again against ago ah all almost along already also although always am an and
    another any anyone anything anyway anywhere are aren't around as ask asked asking at away baby
    back bad banana be because been before being best better between big book booked booking both
    bring brought business busy but buy by bye call called caller calling can can't cancel cannot cat
    change chicken choose city close closed clue cold come coming company confused correct could
    couldn't course cup customer dad daughter day days delivery did didn't different dinner do doctor
    does doesn't dog doing don't done down dunno each early eat eight eighteen either eleven else
    email enough evening ever every everyone everything excuse fast feel few fifteen fifty find fine
    first five food forget forgot forty forward four free friday friend from full garden get getting
    give go god goes going gone good goodbye got great guess guest had half hang happen happy has hate
    have haven't having he he's hear heard hello help her here hers hey hi him his hold home hot hotel
    hour hours house how how's however huh hundred hungry husband i i'd i'll i'm i've idea if
    important in inside instead interested into is isn't issue it it's its job just keep kid kids kind
    know known last late later least leave left let let's like line listen little live lol long look
    looking lost lot lots lovely lunch machine made make makes making man manager many maybe me mean
    meant meet meeting menu message mind mine minute minutes missing mom moment monday money month
    months more morning most mother much mum my myself name named names near need needed needs neither
    never new next nice night nine nineteen no nobody none nor not nothing now number of off often oh
    ok okay old on once one ones online only open opposite or order other our out outside over own
    pardon party past pay people perhaps person phone picture pizza place plan please possible prefer
    pretty price private privacy probably problem purple put question questions quick quickly quiet
    quite rather ready real really reason red relevant remember repeat reservation restaurant robot
    right said same saturday saw say saying says second secret see seen sense service seven seventeen
    several she she's should shouldn't show shut sick since sister sit six sixteen sixty slow so some
    somebody someone something sometimes son soon sorry spam speak speaking spell spelled spelling
    spelt stay still stop stuff stupid such sunday supposed sure table take taken talk talking tell
    telling ten tennis terrible test than thank thanks that that's the their them themselves then
    there there's these they they're thing things think third thirteen thirty this those though
    thought thousand three through thursday time times tired to today together told tomorrow tonight
    too top tried trouble trust try trying tuesday turn twelve twenty two under understand
    unfortunately until up upset upstairs us use used using usually vegan very visit wait waiting walk
    want wanted wants was wasn't water way we we'd we'll we're we've weather wednesday week weekend
    weeks well went were what what's whatever when where where's which while who who's whom whose why
    wife wife's with without woman won't wonder work working works world would wouldn't wrong yeah
    year years yep yes yesterday yet you you'd you'll you're you've your yours yourself zero asdf blah
    lorem undefined null anonymous confidential unknown nope nah yup hmm um uh operator agent human
    representative guys everybody everywhere raining snowing human's bot blue green black-ish yellow
    english closing opening looks called's calls married single joking kidding car bus train parking
    pool beer wine coffee tea cheese bread afternoon noon midnight january february november october
    december september august's thirsty allergic standing driving walking sitting running reach
    reaching worried annoyed angry glad certain able afraid alone available stuck address street road
    number's letter letters letter's capital double triple dash hyphen apostrophe dot space initials
    initial stands option kitchen pickup noonish midday sunset earlier lunchtime couple twins nil
    nought worries doubt pm o'clock ish dozen abc xyz seventy eighty ninety breakfast christmas
    halloween thanksgiving easter xmas fortnight holiday valentine's valentine mother's father's
    deliver definitely absolutely certainly exactly indeed affirmative perfect true false incorrect
    negative seventyish fortnight's choice answer corner window bar counter terrace possibly notebook
    seems large extra medium xl weekends smoking
    """
)
SURNAMES_TOO: Final = listed(
    """
    day long little best early house place green car train pool english black purple fast water single
    """
)
"""Ordinary words that are surnames as well: taken after a first name or after "my name is"."""
