"""How English speakers agree and refuse: data only. Weak words count only when nothing else is said."""

from __future__ import annotations

from typing import Final

from engine.understanding.english.words import listed

YES: Final = """
yes that's all|yes that's everything|yes that's it|i really would|that'll be fine|that'll be great|
that'll be good|that'll be perfect|makes sense|that makes sense|fair enough|that is fine by me|
that's fine by me|by me|couldn't be better|no issues|yes don't worry|yeah don't worry|
yes never mind that|yes|yeah|yep|yup|yea|yah|ya|yess|yass|yessir|yes sir|yes ma'am|aye|aye aye|uh huh|
uhhuh|mm hmm|mmhmm|mhm|mm hm|mmm hmm|hm hm|sure|sure thing|for sure|certainly|absolutely|definitely|
of course|naturally|obviously|by all means|please do|do so|do it|go ahead|go on|go on then|go for it|
let's do it|let's do that|let's go|let's go for it|that's right|that is right|that's correct|
that is correct|that's it|that's the one|that's me|that's fine|that's good|that's great|that's perfect|
that's ok|that's okay|that's alright|that is fine|that works|that'll work|that will work|that'll do|
that will do|that's what i said|that's what i want|that's what i meant|that's exactly right|quite right|
works for me|works|fine by me|fine with me|good with me|good for me|ok with me|okay with me|sounds good|
sounds great|sounds fine|sounds perfect|sounds right|sounds lovely|sounds ok|sounds okay|
sounds like a plan|looks good|looks right|looks correct|all good|all right|alright|right|right on|
too right|correct|exactly|precisely|indeed|spot on|bang on|you bet|you betcha|you got it|
you got that right|you're right|you are right|affirmative|roger|roger that|true|why not|i agree|agreed|
i accept|accept|accepted|i confirm|confirm|confirmed|i consent|granted|deal|done|i do|i am|i have|
i will|i would|i can|i did|i could|we do|we are|we have|we will|we would|we can|it is|it does|it was|
it will|they are|they do|it has|he is|she is|he does|she does|there is|there are|i'd love to|
i'd like to|i'd like that|i'd love that|i would love to|i would like to|i would like that|i want to|
i want that|i'd be happy to|i'm happy with that|happy with that|i'm good with that|i'm fine with that|
i'm okay with that|i'm alright with that|i'm okay with it|i'm ok with it|i'm fine with it|
i'm good with it|i'm happy with it|i'm ok with that|that would be great|that would be good|
that would be nice|that would be lovely|that would be perfect|that'd be great|that'd be good|
that would be fine|that'd be fine|that'd be nice|that'd be lovely|that would work|that'd work|
no problem|no problem at all|not a problem|no worries|no doubt|no objection|no objections|no issue|
without a doubt|no question|no question about it|no probs|no prob|no complaints|can't complain|
i can't say no|can't say no|wouldn't say no|i wouldn't say no|i don't see why not|don't see why not|
i don't mind|don't mind|don't mind if i do|i wouldn't mind|wouldn't mind|couldn't agree more|
i couldn't agree more|wouldn't miss it|nothing wrong with that|you're not wrong|not wrong|oh yes|
hell yes|hell yeah|heck yes|heck yeah|oh yeah|totally|surely|very much so|very much|gladly|
with pleasure|my pleasure|yes please|ok|okay|okey dokey|okey doke|okie dokie|okie|oki|kk|cool|great|
perfect|wonderful|brilliant|excellent|fantastic|awesome|lovely|splendid|amazing|fine|good|good idea|
great idea|good enough|it's right|it's correct|it's fine|it's good|it's ok|it's okay|it is right|
it is correct|it's true|it's perfect|you may|you can|you could|thumbs up|si|oui|ja|da|keep it|
keep going|continue|proceed|carry on|book it|save it|send it|we're good|i'm good to go|good to go|ready|
i'm ready|make it so|too true|as you say|whatever you say|if you please|if you would|if you could|
as always|always|every time|you know it|you know i do|hundred percent|100 percent|a hundred percent|
one hundred percent|amen|bingo|yuppers|yepper|yeppers|yip|yeh|yh|ye|yas|you better believe it|i'm sure|
i am sure|i'm certain|certain|positive|i'm positive|count me in|i'm in|we're in|happy to|glad to|
be my guest|seems fine|seems good|i'd be delighted|i'd be glad to|most definitely|most certainly|
no harm in that|no harm|righto|right you are|you are|yes i'm good|yes i'm fine|yes we're good|
yeah right|sure did|sure do|sure is|that'd be perfect|i approve|approved|alrighty|no changes|
no changes needed|no change|nothing to change|nothing to add|is correct|is right|is fine|i do have one|
i do have some|i do have it|i have one|i've got one|i have some|i have it|i've got it
"""
MILD_YES: Final = """
i guess so|i guess|i suppose so|i suppose|i think so|i believe so|i reckon so|i reckon|i'd say so|
i would say so|i hope so|hopefully|probably|most likely|likely|very likely|i imagine so|presumably|
seems so|it seems so|seems right|if you like|if you want|if you must|if you insist|if i must|
if i have to|might as well|may as well|more or less|pretty much|kind of|sort of|kinda|sorta|mostly|
almost|as far as i know|i don't see a problem|close enough|near enough|i expect so|should be|
it should be|it should|apparently|as far as i can tell
"""
NO: Final = """
no wait|no hold on|no hang on|that isn't mine|that is not mine|not mine|please no|no|nope|nah|naw|nay|
no no|no no no|noo|uh uh|uhuh|nuh uh|mm mm|unh unh|no way|no sir|no ma'am|no way jose|no thanks|
no thank you|no ta|no cheers|thanks but no thanks|thanks but no|not really|not at all|not now|not today|
not yet|not this time|not right now|not exactly|not quite|not likely|not a chance|not for me|
not necessary|not needed|not interested|i'm not interested|not particularly|not especially|not anymore|
not any more|not me|not us|not that|not in the slightest|not in a million years|not on your life|
not correct|not right|not ok|not okay|not good|not true|not fine|not happy|not so|that's not right|
that is not right|that isn't right|that's not correct|that is not correct|that isn't correct|
that's not it|that isn't it|that's not true|that's not what i said|that's not what i meant|
that's not what i want|that's not mine|that's not me|that isn't me|that's not good|that's not ok|
that's not fine|that isn't what i said|that isn't what i meant|that's wrong|that is wrong|
that's incorrect|that is incorrect|that's a mistake|that's false|that's all wrong|it's wrong|
it's not right|it's not correct|it isn't right|it isn't correct|it's incorrect|it's false|wrong|
all wrong|incorrect|false|untrue|mistaken|you're wrong|you are wrong|you got it wrong|
you've got it wrong|you got that wrong|you're mistaken|you misheard|you misheard me|you misunderstood|
you misunderstood me|that doesn't work|that won't work|that does not work|doesn't work|won't work|
that won't do|that doesn't sound right|doesn't sound right|doesn't sound good|that doesn't look right|
that doesn't suit me|that's no good|no good|i'd prefer not to|i prefer not to|i would prefer not to|
don't do it|don't do that|don't bother|don't worry about it|don't worry|i don't want to|
i don't want that|i don't want it|i don't want any|i don't want one|i do not want to|i don't need to|
i don't need it|i don't need that|i don't need any|i don't need one|i don't like it|i don't like that|
i don't agree|i do not agree|i do not accept|i do not consent|i do not think so|sounds wrong|
looks wrong|i disagree|disagree|disagreed|i don't accept|i don't consent|i decline|decline|declined|
i refuse|refuse|i object|i'm against it|i wasn't|it wasn't|never|never ever|never mind|nevermind|
never again|forget it|forget about it|leave it|leave it out|leave that|skip it|drop it|scrap that|
scratch that|cancel that|cancel it|cancel|stop|negative|hell no|heck no|oh no|god no|no chance|
no can do|no deal|no need|there's no need|no dice|by no means|no means no|under no circumstances|
out of the question|on no account|nothing doing|none|nothing|nothing else|nothing more|that's all|
that's everything|i'm good thanks|i'm fine thanks|i'm good thank you|i'm ok thanks|i'm alright thanks|
i'm fine thank you|i'm all set|all set thanks|no i'm good|no i'm fine|no i'm ok|no i'm okay|
no i'm all right|no i'm alright|no that's all|no that's everything|no that's fine thanks|
no that's ok thanks|no that's okay thank you|no it's ok thanks|no it's okay thanks|no it's fine thanks|
no i don't think so|no not really|thumbs down|far from it|hardly|i'll pass|pass|pass on that|hard pass|
another time|some other time|maybe another time|maybe next time|next time|i changed my mind|
i've changed my mind|change it|try again|start again|non|nein|nyet|i must decline|not me thanks|
count me out|i'm out|over my dead body|not in the least|it's a no|that's a no|it's a no from me|
that would be a no|i say no|i said no|no i said|the answer is no|my answer is no|i'm saying no|
i'll say no|i'd say no|i'm good|im good|i'm fine|i'm ok|i'm okay|i'm alright|i'm all right|not for now|
not this one|not for us|not what i said|not what i meant|not what i want|not what i asked for|
can't do it|can't do that|cannot do it|cannot do that|it doesn't work|don't do this|never said that|
i never said that|i didn't say that|i didn't ask for that|i need to change something|
i want to change something|i'd like to change something|something's wrong|something is wrong|
change something|i don't have any|i don't have one|i don't have it|i don't have that|we don't have any|
i haven't got any|i haven't got one|i haven't any|none that i know of|i don't need anything
"""
MILD_NO: Final = """
i don't think so|i do not think so|don't think so|i think not|i guess not|i suppose not|i hope not|
probably not|i doubt it|doubtful|unlikely|i don't believe so|i'd say not|i would say not|
i don't really want to|not that i know of|not that i'm aware of|not to my knowledge|
not as far as i know|i expect not|i imagine not|apparently not|hopefully not|presumably not|
if i can avoid it
"""
DENIALS: Final = """
not|don't|do not|can't|cannot|can not|won't|will not|shan't|didn't|did not|haven't|have not|isn't|
is not|wouldn't|would not|doesn't|does not|couldn't|aren't|are not|i don't|i do not|i can't|i cannot|
i can not|i won't|i will not|i wouldn't|i would not|i couldn't|i didn't|i did not|i haven't|i have not|
we don't|we can't|we won't|it doesn't|it does not|it's not|it is not|it isn't|that's not|that is not|
that isn't|i'm not|i am not|we're not|we aren't|let's not|let us not|i'd rather you didn't|
i would rather you didn't|i'd rather you did not|i'd rather not|i would rather not|rather not|
prefer not|please don't|we haven't|they don't|they aren't|he isn't|she isn't|he doesn't|she doesn't|
it won't|there isn't|there aren't|there is not|absolutely not|certainly not|definitely not|
of course not|surely not|obviously not|maybe not|unfortunately not|sadly not|afraid not|i'm afraid not
"""
SAYING_YES: Final = """
it's a yes|that's a yes|it's a yes from me|that would be a yes|i say yes|i said yes|the answer is yes|
my answer is yes|i'm saying yes|i'll say yes|i'd say yes
"""
UNSURE: Final = """
i don't know|i dont know|don't know|dont know|i do not know|dunno|i dunno|no idea|no clue|not a clue|
i have no idea|i've no idea|haven't a clue|i haven't a clue|i have no clue|not sure|i'm not sure|
i am not sure|im not sure|not certain|i'm not certain|not too sure|not so sure|not really sure|
i'm not really sure|not entirely sure|unsure|i'm unsure|maybe|perhaps|possibly|could be|might be|
it might be|it could be|may be|maybe yes maybe no|maybe maybe not|depends|it depends|that depends|
it depends on|hard to say|who knows|i wonder|yes and no|yes or no|yes and also no|neither yes nor no|
sometimes|either|either way|whatever|i don't care|don't care|no preference|no opinion|no comment|
doesn't matter|it doesn't matter|up to you|you decide|you choose|i can't remember|can't remember|
i don't remember|don't remember|i forget|i forgot|i can't say|can't say|couldn't say|i couldn't say|
i couldn't tell you|i can't tell|can't tell|i'd rather not say|i would rather not say|rather not say|
i haven't decided|haven't decided|not decided|i can't decide|can't decide|undecided|i'm undecided|
let me think|let me see|let me check|let me think about it|i need to think|i need to think about it|
i'll think about it|i'd have to check|i don't understand|don't understand|i do not understand|
i didn't understand|i don't get it|i didn't get that|i didn't catch that|didn't catch that|
i didn't hear you|i can't hear you|can't hear you|i couldn't hear you|can you repeat|say again|
say that again|come again|pardon|pardon me|what|huh|eh|i beg your pardon|beg your pardon|not bad|
not too bad|so so|fifty fifty|hold on|hang on|one moment|one second|one sec|just a moment|just a second|
just a sec|just a minute|one minute|wait|wait a minute|wait a second|wait a moment|give me a moment|
give me a second|give me a minute|a moment|bear with me|no one told me|nobody told me|
no one told me that|no one|no body|noone|no matter|no matter what|no more than|no less than|
no later than|no sooner than|no longer|no 1|no 2|it's no use|i can't wait|my no|no such luck|
no man's land|no number|right now|right there|right here|right away|right side|right hand|on the right|
to the right|the right|all right reserved|good morning|good afternoon|good evening|good day|good night|
good bye|goodbye|how are you|fine thanks and you|fine how are you|it's ok to|is that right|
is that correct|am i right|is it right|right or wrong|true or false|are you sure|i have a question|
quick question|what's right|no smoking|no parking|please hold|please wait|please repeat|please help|
help me please|please hold on|please repeat that|for good|good luck|yes man|a good question|
good question|i don't want to say|i prefer not to say|i'd prefer not to say|prefer not to say|
i prefer not to answer|i'd rather not answer|neither|no way of knowing
"""
FILLERS: Final = listed(
    """
    um uh er erm hmm hm ah oh well so then now just like and but the a an it that this thanks thank
    you please i i'm we me my us sir madam ma'am mate man dude love dear honey for to of do think
    actually really very quite again still very-much indeed honestly frankly literally one all ok okay
    right good fine great lovely perfect cool sorry no-one though anyway i'd yes no would is it's
    that's here there with be guess suppose let's say as always already much i'll excuse know mean
    meant said wait <yes> <no> bit little at definite everything everything's everythings something
    date time number name address details order booking day hour
    """
)
