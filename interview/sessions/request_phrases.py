"""The phrases of candidates' requests to the interviewer, in the syntax of ``phrase_patterns``.

Contractions are expanded first ("i'd" is "i would"), so a phrase needs one spelling. All kinds of request share the
openers ``{ask}``, ``{want}`` and ``{get}`` ("could you please", "i would like to", "may i have").
"""

# ruff: noqa: E501 – each line is one phrase with its alternatives

from __future__ import annotations

from typing import Literal

IntentKind = Literal["repeat", "explain", "skip", "wait", "done", "hint", "end"]

GROUPS: dict[str, str] = {
    "soft": "(please|kindly|possibly|maybe|perhaps|just|quickly|also|first|then|really|simply|actually|now|at least|briefly)",
    "ask": """
        (could|can|would|will|might|may) (you|we|i) {soft}*
        (do you think|i wonder if|i was wondering if|i am wondering if|any chance|is there any chance|is there any way|any way|is there a way) [that] (you|we|i) (could|can|would|might) {soft}*
        (please|kindly|pls|just|maybe|perhaps) {soft}*
        i (would like|want|need|prefer|would appreciate it if|would prefer) [for] you [could|would] [to] {soft}*
        you (can|could|may|might) {soft}*
        let (us|me) {soft}*
        (is it|would it be) (possible|ok|okay|fine|alright|all right|too much) [for you|for us|for me] (to|if you|if we|if i) [could|can] {soft}*
        (how about|why do not|what if) we {soft}*
        i would [just]
        we (could|can|should)
    """,
    "want": """
        i (would|do|will) [really|just|rather|much|honestly] [just] (like|love|prefer|want|wish|need) [it if we|for us|us] [to|could] {soft}*
        i would [much] rather [just]
        i (really|just|only|still|also|think i)* (want|need|have|wish|prefer|must|hope|ought|am going|will have|would have) [to] {soft}*
        i (will|am going to|am about to|might|may|should|shall|must|had better|better) [have to|need to] {soft}*
        i (think|guess|believe|suppose|feel like) i (will|would|am going to|should|must|might|need to|have to|want to|would like to|would rather|would prefer to|better) [just|have to]
        let (me|us) {soft}*
        (may|can|could|shall|should) (i|we) {soft}*
        [do you|would you] mind if (i|we) {soft}*
        (is it|would it be) (ok|okay|possible|fine|alright|all right) (to|if i|if we) {soft}*
        i am afraid i (have|need|must|will have|am going) [to]
        it is time to
        time to
        (ready|happy|trying|going|about) to
    """,
    "mind": """
        (would|do) you mind [please]
        [do not|i do not suppose you would] mind
        (thanks|thank you) for
        could i trouble you to
        how about
        what about
    """,
    "give": "(give|offer|show|tell|share|provide|drop|throw|send|lend|spare|allow|grant|get|hit|feed|read)",
    "get": """
        (can|could|may|might|shall|should) (i|we) {soft}* (get|have|see|hear|take|use|ask for|request|be given)
        (could|can|would|will) you {soft}* {give} [me|us] [with]
        {soft}* {give} (me|us) [with]
        i (would|do|will|could|can|really|just|only|still|also)* (like|love|need|want|appreciate|take|use|have|do with|request) [to get|to have|to hear|to see|to take|to ask for]
        let (me|us) (get|have|hear|see|take)
        (do|have) you [have|got] [maybe]
        (is|are) there [maybe]
        (you|got|how about|what about|maybe|perhaps|just|please|need|any chance of|any chance for|is it possible to get|is it possible to have|would it be possible to get|would it be possible to have)
        [would|do] you mind {give_ing} [me|us]
        mind {give_ing} [me|us]
    """,
    "give_ing": "(giving|offering|telling|showing|sharing|providing|throwing|dropping|reading)",
    # the topic of the request
    "question": """
        [the|that|this|your|my] [last|current|previous|whole|entire|same|original|first] (question|one|problem|task|prompt|exercise|thing|part|bit|sentence|scenario)
        (it|that|this|that one|this one|the question)
        [the] question (you|we|i) [just|have] [asked|had|were asking|were asked] [me]
    """,
    "part": """
        [the|that|your|a] [very] [last|first|second|third|final|middle|latter|other|whole|entire] (part|bit|half|word|words|sentence|section|piece|portion|end|ending|beginning|start|number|numbers|option|options|answers|choices|alternatives|scenario|example|instruction|instructions|value|values|figures|details) [a|b|c|d|e|one|two|three|four|five] [of it|of that|of this|of the question|in the question|in it|in your question|of your question|of the sentence|of what you said|of what you just said]
    """,
    "you_said": "what you [just|have|had|were|are|have just] (said|asked|saying|asking|told me|say|ask|wanted to know) [me] [just now|there|before|earlier]",
    "thing": """
        {you_said}
        {part}
        {question} [to|for|by|with|past] [me]
        me {question}
        me {part}
        (me|yourself|everything|everything you said|all of it|all of that|all that|the whole thing)
    """,
    "again": """
        (again|once more|one more time|once again|another time|one last time|a second time|over|over again|back to me|to me|for me|by me|please|aloud|out loud|out|from the beginning|from the start|from the top|in full|now|thanks|thank you|and thank you|if you can|if possible|real quick)
        [but|and|maybe] [a bit|a little|a little bit|much] [more] (slower|slowly|louder|loudly|clearer|clearly|loud|slow)
    """,
    "manner": "[a bit|a little|a little bit|much] [more] (slowly|slower|louder|loudly|up|clearly|clearer|down|quietly) [a bit|a little]",
    "how_far": "(really|quite|fully|properly|clearly|even|all|completely|entirely|totally|exactly|actually|honestly|fully|still)",
    "here": "(here|now|right now|right here|early|at this point|today|for today|for now|there|already|at once|immediately|please|thanks|then|soon|instead|if possible|if that is ok|if that is okay|if that is fine|unfortunately|right away|urgently)",
    "later": "(later|for later|later on|for now|at the end|until the end|to the end|till the end|for the end|another time|some other time|afterwards|for another time|in a bit|in a while|in a moment|for the moment|for the time being|until later|till later|at a later point)",
    "interview": "[the|this|our|my|your|whole|entire|current|job] (interview|session|call|conversation|meeting|chat|assessment|exam|test|discussion|whole thing|interview process|selection process|recruiting process|hiring process|recruitment process|application process)",
    "little": "(bathroom|toilet|coffee|lunch|water|thinking|a|an|another|one|one more|the|the next|the first|some|any|a few|a couple of|a bit of|a bit|a little|a little bit of|small|tiny|quick|little|further|more|maybe|just|only|even|your|that|additional|extra|brief|short|two|three|five|ten|of|half|most)",
    "time": "{little}* (moment|moments|second|seconds|sec|secs|minute|minutes|min|mins|time|bit|while|break|pause|breather|thinking time|thirty seconds|tick|breath) [more|longer|extra]",
    "hint": "(hint|hints|clue|clues|tip|tips|pointer|pointers|nudge|nudges|lead|leads|suggestion|suggestions|starting point|guidance|help|assistance|helping hand|support|direction|hand|push)",
    "on_this": "(here|for this one|for that one|for the question|for this question|for this|for that|for it|for me|with the question|with this question|with this one|with that one|with this|with that|with it|on the question|on this question|on this one|on that one|on this|on that|on it|please|now|maybe|available|left|from you|at least|if possible|to start|to begin|to get started|to get going|to start with|in the right direction|about this|about that|how to start|how to begin|where to start|on how to start|on where to start|on where to begin|on how to approach this|on how to approach it|somehow|right now|at the moment)",
    "words": "in [other|different|simpler|plain|plainer|easier|simple|your own|fewer|more simple] (words|terms|language|english|wording)",
    "other_way": "([in] [an|some] other way|[in] another way|[in] a different way|differently|otherwise|[more] (simply|clearly|plainly)|with other words|{words})",
    "do_think": """
        think [again|back|clearly|properly|hard] [about|on|over|through|of] [it|that|this|the question|this one|that one|my answer|the answer|an example|a good example|something|how to answer|how to put it|how to put this|what to say]
        (consider|ponder) [it|that|this|the question]
        (reflect|remember|recall|focus|concentrate|breathe|see|check|prepare)
        (collect|gather|organise|organize|sort|order) [my] (thoughts|ideas|notes|myself)
        get my thoughts (together|in order)
        (write|note) (this|it|that|something) down
        (work|figure|think) (this|it|that) (out|through|over)
        (read|look at|process|digest) (it|this|that|the question)
        (come up with|find) (an example|something|a good example|the right words|my notes|a pen)
        take (notes|some notes|a note)
    """,
    "not_know_what": "what (you|that|this|it|the question|exactly|is|i|your) [_3]",
}

PHRASES: dict[IntentKind, str] = {
    "repeat": """
        ({ask}|{want})* (repeat|say|read|ask|restate|re-state|state|reread|re-read|reask|replay|play|tell me|pose|recap|give me|show me|read out|iterate|reiterate|hear|see|have|know|go over|go through|run through|run|throw|hit me with|speak|bring up|put|display) {thing} {again}+
        ({ask}|{want})* (repeat|restate|reread|replay|reiterate|recap|reask) [{thing}] {again}*
        {mind} (repeating|saying|reading|asking|restating|stating|rereading|going over|going through|running|running through|telling|giving|playing|reiterating) [me] [{thing}] {again}*
        ({ask}|{want})* (read|repeat|say|give|tell|show|list) [me|us|out] [out] [the|my|all the|those] (options|choices|alternatives|answers|possible answers|answer options) {again}*
        {ask}* remind me [of|about|again] [what|which] {again}* ({question}|{part}|you [just] asked|you [just] said|i was asked|we were talking about|i am supposed to (answer|do)) [is|was|are|were] {again}*
        {ask}* (go back to|return to|rewind to|scroll back to) (the|your) question {again}*
        {ask}* [the|that|your] question {again}+
        {ask}* (rewind|go back a bit|once again) [please]
        {ask}* (come again|say again|ask again|once more|one more time|again please|say it|repeat)
        {ask}* (say that|say it) again
        {ask}* you [need to|have to|must]? (speak|talk|go|read|say it|say that|ask it) {manner} [please|for me]*
        {ask}* (speak|talk|go|say it|say that|ask it|ask that|read it|read that|ask the question|read the question) {manner} [please|again|for me]*
        {ask}* (slow down|slower|louder|more slowly|speak up|not so fast|turn it up|too fast|too quiet) [a bit|a little] [please]
        (you|that|it|this|your voice|the audio|the sound|you speak|you talk) [is|are|was|were] [speaking|talking|going] [a bit|a little|way|just|really|very|much|so] [too] (fast|quick|quiet|quickly|quietly|low|soft|muffled|choppy|garbled|distorted|noisy) [for me|there]
        i (think i|really|just|am afraid i|still)* (did not|could not|cannot|have not|had not|was not able to|am not able to|failed to|was unable to|am unable to|barely|hardly) {how_far}* (hear|catch|get|make out|register|pick up|process|see) [a thing|anything|a word|much|any of it|any of that|all of it|all of that|everything] [{thing}|you|much|the end|the rest] [properly|clearly|well|very well|correctly|right|fully|completely|at all|there|just now|the first time|because of the noise|of it|of that]*
        i (think i|really|just|am afraid i|still|)* (did not|could not|do not|have not) {how_far}* (understand|follow) what you [just|have] said [properly|clearly|well|at all|there]*
        (did not|could not|cannot) {how_far}* (hear|catch|get|make out) [{thing}|you] [properly|clearly|there|at all]*
        i (may|might|must|think|just|only|have|kind of|sort of|totally|completely|somehow|i|partly)* (missed|misheard|lost|forgot|forgotten|lost track of|blanked on|tuned out) [out on] ({thing}|half of it|half of that|half of the question|what the question was|what you asked|what you said|the question|parts of it|a part of it|some of it|some of that|you) [there|again|completely|was]*
        i (think i|just|only|have)* (heard|got|caught|understood) [only|just] (half|part|a part|some|bits|parts|the first half|the first part|the last part|the second half|a bit) of (it|that|the question|what you said)
        i (do not|cannot|can no longer) {how_far}* (remember|recall) ({question}|what (the question|you|i|it) (was|asked|said|is|were) [again] [asked|asking|saying]) [was|again|now|anymore]*
        (what|which) (was|is|were|are) [now]? [the|that|your|this|my|those] (question|last part|last bit|last one|first part|second part|[first|second|third|fourth|last] option|options|choices|answers|alternatives|task|prompt|scenario) [a|b|c|d|e] [you [just] asked|you wanted me to answer|i was asked|i am supposed to answer] {again}*
        what did you [just] (say|ask) [me|to me] [just now|there|about] {again}*
        what (was|am) i (supposed|meant|asked|going) to (answer|say|do|talk about) {again}
        what (was|were) (that|it|we|you) [talking about|asking|saying|discussing|saying there|asking me] {again}*
        what (is|was) (that|it) [again|sorry]
        say what
        what [again|please|sorry|now|was that]
        (huh|eh|hein) [what]
        (i beg your pardon|beg your pardon|beg pardon|pardon|pardon me|come again|run that by me) {again}*
        where (were|are) we [again|now]
        where did we (stop|leave off|get to)
        {get} {thing} {again}+
        ({want}|{get}) [hear|see|have|get] ([the|that|your] question|what you said|the options|the choices) {again}*
        {ask}* (hit me with|lay|give|throw|play) (it|that|that one|this|the question|the question on me|it on me|it to me|that to me|that at me) {again}+
        (you|your|the|my|our) [audio|voice|sound|mic|microphone|connection|video|line|signal|call|internet|headphones|headset|wifi|speakers|speaker|stream] (just|have|has|was|were|are|is|kept|keeps|keep|went|got|really|a bit|a little|briefly|had)* (cut out|cutting out|cut off|cuts out|broke up|breaking up|break up|broke off|dropped|dropped out|froze|frozen|lagged|lagging|bad|choppy|unclear|gone|lost|interrupted|silent|out|dead|glitched|stuttered|disconnected|faded|noisy|muted|quiet|skipped|a hiccup|hiccups) [for a second|for a moment|for a bit|there|a bit|a little|just now|on me|briefly|again|now]*
        i lost you [there] [for a second|for a moment|for a bit]
        i lost (the thread|track|connection|my connection|the connection|signal|sound|audio) [there] [for a second|for a moment]
        i (was|got|am|just got|just was) [a bit|a little|briefly|completely] (not listening|distracted|not paying attention|not focused|interrupted|elsewhere|somewhere else|zoned out|disconnected|cut off) [for a second|for a moment|there]
        i (was not|am not) (listening|paying attention|focused|concentrating) [there|for a second|for a moment]
        i (zoned out|spaced out|was miles away|drifted off|dozed off) [there] [for a second|for a moment]
        my (mind|thoughts) (wandered|drifted|was elsewhere|were elsewhere) [off] [for a second|for a moment|there]
        (what|which) (options|choices|alternatives) (were|are|did|do) [there|you have|you say|i have]* {again}*
        there was (some|a|a lot of|too much|a bit of) (noise|background noise|lag|interference|glitch|echo|static) [on the line|here|there]
    """,
    "explain": """
        ({ask}|{want})* (rephrase|reword|reformulate|paraphrase|simplify|clarify|restructure|reframe|re-phrase|re-word|specify) ({thing}|{part}|what you mean|what is meant|what you want|a bit|a little|more|that part|things|the wording)* [{words}|{other_way}|again|for me|please|further|more|to me]*
        {mind} (rephrasing|rewording|reformulating|paraphrasing|simplifying|clarifying|explaining|elaborating|elaborating on|expanding on|specifying) [{thing}|what you mean] [a bit] [more|again|for me|further|{other_way}|please]*
        ({ask}|{want})* (explain|describe|elaborate|elaborate on|expand on|expand|go into|tell me more about|say more about|spell out|unpack|talk me through|clarify) ({thing}|{part}|the term|the terms|the context|the situation|the wording|more|to me|for me|me|a bit|a little|again)* [what (you|that|this|it|the question|is) (mean|means|meant|want|wants|asks|are asking|is asking|are looking for|is about|are after|want to know|expect|need|would like)] [by _3|with _3] (again|further|more|for me|to me|please|better|differently|{other_way}|in more detail|in detail|once more|one more time|a bit|a little|down)*
        ({ask}|{want})* (clarify|explain|specify|tell me|say|show me|know|understand|hear) [to me|me] [again] [exactly] what [exactly] (you|that|this|it|the question|is) (mean|means|meant|want|wants|asks|is asking|are asking|are looking for|is about|is supposed to mean|are after|want to know|expect|refer to|are referring to) [by _4|with _4] [exactly|here|for me]*
        ({ask}|{want})* (put|say|ask|word|phrase|explain|express|state|formulate|frame|describe|try) {thing} {other_way} [please|again|for me|this time]*
        ({ask}|{want})* (be [a bit|a little] [more] (specific|precise|clear|concrete|clearer|explicit|detailed)|narrow {question} down|break {question} (down|apart|up)|make {question} [a bit|a little] [more] (clear|clearer|simpler|specific|concrete|easier)|dumb it down|go into [more|some] detail) [please|about that|about it|here|for me|to understand|a bit]*
        ({ask}|{want}) break {question} (down|up) (into parts|into smaller parts|into steps|into pieces) [please|for me|a bit]*
        {get} [me] {little}* [more] (context|detail|details|information|info|example|examples|explanation|clarification|background|clarity|definition|rephrasing|specifics|specification) [please|of what you mean|for that|of that|about that|on that|about the question|of the question|on the question|about the scenario|about the situation|about the system|of what you want|for what you mean|what you mean|first|here]*
        {little}* (example|clarification|explanation|context|details|detail) (please|would help|would be (great|nice|helpful|good))
        (in|with) (other|different|simpler) words [please]
        (meaning what|in what sense|in which sense|in what way|in what context|in which context|such as what|like what|what for example|for example what) [exactly|please]
        what (kind|sort|type) of (thing|things|example|examples|answer|answers|situation|solution|detail|explanation) [do|are|would] [you] [want|mean|expect|looking for|like|need|expecting|asking for] [exactly|here|for]*
        (what|how) [exactly|precisely|specifically]* (do|did|would|are|were) you [exactly|precisely|actually|really|even]* (mean|meant|referring to|getting at|trying to ask|trying to say|driving at|asking|asking for|asking about|asking me|asking me to do|looking for|after|want|want to know|want to hear|want from me|want me to (do|say|answer|explain|talk about)|expect|expect me to (say|do|answer)|expect from me|need|need to know|refer to|like to know|like to hear|like me to (do|say|explain)|wanting) [exactly|by that|by this|by it|with that|with this|with it|here|from me|specifically|again|by _4|with _4|when you say _4]*
        what [exactly|precisely]* (does|do|did|is) [the|a|an] _4 (mean|means|meant|stand for|refer to) [exactly|here|in this context|in that context|in this case|in the question|please|again]*
        what [exactly|precisely]* is the question [exactly|then|here]
        what [exactly|precisely]* (is|are|was) (meant|you [exactly|actually] (asking|getting at|looking for|after|referring to|trying to ask)|[the|your] (question|point|goal|task) (about|asking|here|exactly|getting at|of this|of that|of the question|trying to ask)|the meaning|expected|that supposed to mean|this about|that about|wanted|the question asking me|asked) [of|for|by|with|from|here|me|exactly|about|by _3|with _3]*
        what [exactly|precisely]* (should|am|do|must|shall|would) i [have|need|supposed|meant|expected|asked] [to] (do|say|answer|explain|describe|talk about|focus on|assume|calculate|write|give you|tell you) [here|exactly|now|then|about|with this|with that]*
        (do|did|are|were|would|should|shall|is|does|am|can|may) (you|i|this|that|it|the question|we) (mean|meant|asking|ask|referring|refer|talking|want|wanting|looking|expect|expecting|supposed|interested|focus|assume|explain|answer|talk|describe|give|only|just|need|prefer|about|for|to)+ [_9] or [_9]
        (do|did) you mean [_9]
        (do you|are you) (want|expect|expecting|asking) [me|for] (to|whether|about|for|how|what|why|if|an|a|the) [_9]
        (are|were) you (asking|referring|talking) [me] (about|for|if|whether|how|what|why|to|which) [_9]
        (so|you mean|wait)* (you|the question) (mean|means|want to know|are asking) [_9] (right|correct|is that right|is that correct|or not|yes|or)
        is (this|that|it|the question) (about|referring to|asking about|asking for|asking if|asking whether|meant as|meant to be|related to|more about|regarding|concerning) [_9]
        i (really|just|still|am afraid i|honestly|think i|am sorry i)* (do not|cannot|did not|could not|am not|can not) {how_far}* (understand|know|get|follow|see|grasp|comprehend|sure|certain|clear|understanding|following|getting|figure out|tell|understood|sure i (understand|get|follow|understood|got)) [about|on|if i [understand|get]] ({not_know_what}|[exactly] what [exactly] (is|you) [_3]|how (you mean|to understand|to interpret|i should understand|i should answer|to take|to read) (it|that|this|the question)|the question|the task|the problem|your question|this question|that question|this one|the wording|the meaning|the point|the scenario|the term|what is (meant|asked|expected|wanted)|which _4) [exactly|at all|here|fully|properly|really|completely|of the question|to be honest|itself|correctly]*
        i (really|just|still|am afraid i|honestly|am sorry i|)* (do not|cannot|did not|am not|could not) {how_far}* (follow|following|get it|get that|get this|understand|with you|get you|understand it|understand that|understand this|understand you|follow you|follow that|following you|sure i follow|sure i understand|sure i get it|sure i understood) [at all|here|really|there|correctly|right]*
        [i have] (not sure|no idea|no clue|unclear|not clear|unsure|not quite sure|not really sure|am not sure|am unsure|am unclear|it is (not clear|unclear) [to me]|it is not (entirely|really|quite|very) clear [to me]) [about|on] ({not_know_what}|the question|your question|this question|how to (interpret|understand|take) (it|this|that|the question)|i (understand|understood|follow|get) [it|that|this] [the question|right|correctly|your question])
        [the|this|that|your|my] (question|wording|task|problem|prompt|phrasing|part|one|scenario|it|this|that) (is|was|seems|sounds|looks|feels) (a bit|a little|really|very|quite|too|not|still|kind of|rather|somewhat|entirely|so|that|pretty|fully|all that|bit)* (clear|unclear|confusing|ambiguous|vague|hard to understand|difficult to understand|hard to follow|broad|puzzling|unspecific|open ended|not understandable|cryptic|abstract|general) [to me|for me|enough]*
        (it|that|this) is (a bit|a little|really|very|quite|too|still|kind of|somewhat)* (unclear|confusing|ambiguous|vague|not clear) [to me|for me] [what _6|how _6]
        [the|this|that|your] (question|wording|task|one|it|this|that|prompt) (does not|did not|makes|is not making|made) [really|quite|any|much|no|little] [make] [any|much|a lot of] sense [to me]
        i am (a bit|a little|really|still|so|kind of|quite|totally|completely|somewhat|slightly|very|just|sort of)* (confused|puzzled|lost|unclear|unsure|not following|not with you|confused now|baffled|perplexed) [by|about|on|with|as to|here|now|there|what|how]* [the|this|that|your|what|how]* [_6]
        [that|this|it|the question|your question|you] (confuses|confused|lost|loses|puzzles) me [a bit|a little|there|now|completely]*
        (i am|i)? (having|have|had) [a bit of|a little] (trouble|difficulty|difficulties|a hard time|problems) (understanding|following|getting|parsing|grasping|with|interpreting) [the wording of|to understand] [the question|that|this|it|you|what you mean|what you are asking|your question|the wording]
        [could|can|would|will|please|to|you]* help me [to] understand [the|this|that|your|it|what|better|question|you|mean|are asking|task]*
        {ask} (define|explain the (term|word|meaning of)|describe) [what] [is|a|an|the] _3 [for me|to me|first|please|is|means|here]*
        {ask}* tell me what _3 (mean|means|is supposed to mean|stands for|refers to) [here|exactly|first]
        which _2 (do you mean|are you referring to|is meant)
        [the|this|that|your] (wording|question|phrasing|term|it|that) (confuses|puzzles|irritates) me [a bit|a little]
        i do not know what (a|an) _4 (is|means)
        (english|plain english|simple words|simpler words|slow english) please
        i (do not|am not) (know|sure|familiar with|recognise|recognize|understand) [what] (that|this|the|the term|the word|that word|this word|that term|this term|the abbreviation|the acronym|that abbreviation) [_3] (mean|means|is|stands for|term|word|abbreviation|acronym)
    """,
    "skip": """
        ({want}|{ask}|ok|i)* (skip|pass|skip over|pass on|pass over|leave out|leave|drop|move on from|move past|get past|jump over|bypass|give up on|park|forget|forget about|omit|go past|scrap|set aside) ({question}|those|the rest of it) (out|aside|behind|for now|please|here|alone|entirely|there|this time|open|blank|empty|over|unanswered|{later}|if that is ok|if that is okay|if that is fine|if i may|if i can|if possible|then|off)*
        (leave|let us leave|let me leave) {question} (out|{later}|open|blank|empty|unanswered|aside)*
        ({want}|{ask}|ok|i|hard|gonna)* (skip|pass|skip ahead|move on|move along|move forward|proceed|moving on|skipping|passing|go further) (please|here|for now|if that is ok|if that is okay|if that is fine|if i may|if i can|from here|from this|from that|on this|on that|on this one|on that one|this time|then|now|from this one)*
        ({want}|{ask}|ok|moving|skipping|you can|we can|i am ready)* [move|go|jump|continue|skip|proceed|get|switch|carry|turn|advance|head|moving|skipping|going|start|for]? (on|ahead|forward|over|straight|right|directly)* (to|with|onto|for) [the|a|an] (next|another|different|following|other|new) [question|one|topic|thing|task|questions|problem|part|section|subject] [please|then|now|instead]*
        ({want}|{ask}|{get}|ok)* (try|do|take|have|get|ask|ask me|give me|hear|start|answer|get to|show me|read me|see) [the|a|an|your] (next|another|different|following|other|new|easier|simpler) (question|one|topic|task|problem|subject) [please|then|now|instead]*
        ({want}|{ask})* (ask [me]|try|do|take|talk about|discuss) (something else|something different|another one|another|the next one|a different one|the next) [please|then|now|instead]*
        [i am] [rather|really|just] (not (going|willing) to|would rather not|prefer not to) (answer|respond to) {question} [please|then]*
        ({want}|{ask})* (switch|change) [to] [the|a] (topic|question|subject|topics|questions|different topic|different question|another topic|another question) [please|then|now]*
        {get} [the|a|an] (next|another|different|following|other|new|easier) (question|topic|task|problem|subject|one) [please|then|now|instead]*
        (what is|and|ok|on to|onto|how about|what about|so)* [the] (next|following) (question|one|topic|task|problem|please|up|then|now)*
        [a] (different|another|new) question (please|then|now|maybe)*
        ({want}|{ask})* (come|get|go|circle|jump|return) [back] [to] {question} [a bit|a little|maybe|again]* ({later}|after the next one|after the others|after the rest) [please|maybe|if possible]*
        (i will|let us|can we|could we|can i|may i|i would like to)+ (come|get|go|circle|jump) back to {question} [{later}|please|maybe]*
        ({want}|{ask})* (do|answer|save|keep|leave|postpone|defer|push|put|take|table|move) {question} [back] ({later}|off|on hold|aside|last) [please|maybe]*
        i (would|will|do|am going to|am|choose|prefer|decide|decline|really|rather|just|honestly)* (rather|prefer|like|want|wish|choose|going|willing|comfortable|able)* not (to|like|want|wish|prefer|be|willing|comfortable)* (answer|answering|say|respond|respond to|discuss|talk about|comment|comment on|do|attempt|try|answer to|share|go into|speak about) [{question}|anything] (please|really|here|right now|at all|today)*
        i (would|)? (prefer|like|choose|want) to (not|rather not) (answer|say|respond|discuss|comment) [on|to] [{question}] (please|here|right now|at all)*
        i (really|just|honestly|simply|actually|am afraid i)* (cannot|could not|am unable to|am not able to|do not know how to|do not feel able to|decline to|refuse to|do not want to|do not wish to|do not care to|do not feel like|am not going to|will not|am not comfortable|do not feel comfortable|do not feel confident|would feel uncomfortable|am uncomfortable) (really|even|possibly|honestly)* (answer|answering|respond to|do|solve|say anything about|say anything on|answer to|attempt|talk about|discuss) [{question}] (really|right now|at all|i am afraid|here|unfortunately)*
        i (do not|really do not|have|have really|got) [have|got] (no|any|an|a good|a proper|nothing) [good|real|ready]* (answer|answers|reply|response|idea how to answer|idea how to answer that|experience with that|experience with this) [to|for|on] {question} (really|at all|i am afraid|right now)*
        i [do not] have (no|any) (answer|good answer) (here|to offer|ready|right now|at all)
        (i|i am|i have|i think i|i will|i must)* (give|giving|gave|given) up [on {question}] [here]
        i (surrender|am out of ideas|concede)
        no comment
        no answer
        never mind (that one|this one|the question|this question|that question)
        (forget|scratch) (it|this one|that one|about it|about this one|the question)
        [i am] ready for the next [one|question]
        not (this|that) one [please]
        (maybe|perhaps|better|rather) (later|not|not this one|another time) [please]
        i (am|would be) (fine|ok|okay|happy) (skipping|to skip|leaving) [{question}] [out]
    """,
    "wait": """
        [just|only] (a|one|another) [quick|short|brief|little] (moment|sec|tick|mo|momento) [please|more|longer|to think|for me|here]*
        (moment|second|minute|sec|momento) please
        just (a|one) (second|minute|min|bit) [please|to think|more]*
        (a|one|another|two|five|three|ten|a few|a couple of|couple of|two more|few|a couple) [more] (second|seconds|minute|minutes|mins|secs|moments) (please|more please|to think|to think about it|to think please|thanks)
        ({ask}|{get}|{want}|i|need|still|will|only|do i have|do we have|i could use|i could do with|i require|take)+ [just|only|for|about|maybe|me]* {time} [to {do_think}|for {question}|with {question}|on {question}|here|please|first|now|if that is ok|if that is okay|if that is fine|if possible|if you do not mind|before i answer|before answering|for myself]*
        {mind} (giving|allowing|waiting|holding on|hanging on|pausing) [me|for]* [{time}] [to {do_think}|please]*
        ({ask}|{want}|ok)* (wait|hold on|hang on|hold up|stand by|bear with me|hold it|hang in there|pause|pause there|wait up|be patient|sit tight) [for]? (just|me|there|please|now|right there|with me|here|though)* [{time}] [to {do_think}|please|here|while i {do_think}|i need to {do_think}|i have to {do_think}|i want to {do_think}]*
        (wait|hold on|hang on|hold up|bear with me|hang on there|hold on there|stop stop|wait wait|hold it|pause) [please|there|here|now|up]*
        ({want}|{ask}|i need {time} to|i have to|trying to|i am trying to|just|first|hm|hmm|first let me)+ (quickly|really|quick|have to|just)* {do_think} [for {time}|a bit|a little|a moment|a second|here|please|first|again|aloud|out loud]*
        (i am|i was|am|still|just|hm|hmm|sorry)* (thinking|pondering|reflecting|considering|working on it|trying to (think|remember|recall)|not ready|not ready yet|not done thinking|getting there|not quite ready|on it|formulating my answer|collecting my thoughts|gathering my thoughts|writing|typing) [about it|about that|about this|about the question|yet|here|please|of an example|of something|hard|aloud|it over|it through|for a second|for a moment|of it|of one]*
        let me see [now|here]
        i am [still] [just] (working|figuring|puzzling|thinking) (it|this|that) (out|through)
        [please] give me a (few|couple)
        (i will be|be|i am) (right|just)* (back|with you|there) [in a second|in a moment|in a minute|in a sec|shortly|soon|now]
        (brb|not yet|almost there|almost ready|almost done|i am almost (there|ready|done)|one more moment)
        ({want}|{ask}|{get})* (pause|take|have|stop for|rest for|make) [a|the|this|our|short|quick|small|brief|five minute|two minute|ten minute|toilet|bathroom|coffee|little]* (break|breath|pause|breather|interview|session|rest|timeout|time out) [here|now|please|for {time}|quickly|first|real quick|to {do_think}]*
        (can|could|may) (we|i) (pause|stop) [for|here|now|please]* {time}
        (i|i really|i just|i quickly|i only)* ({want}|need|have|want|must|am going) [to] (quickly|just|go|please|really)* (get|grab|fetch|take|drink|use|answer|let|close|open|go to|put on|turn on|turn off|switch|plug in|charge|find|fix|adjust|check|see to|deal with|visit|look after|have) [the|a|an|my|some|in] [_4] (water|drink|coffee|tea|door|phone|toilet|bathroom|restroom|washroom|window|headphones|headset|charger|glasses|pen|paper|dog|kid|child|call|light|doorbell|tissue|microphone|mic|loo|cat|baby|laptop|notebook) [first|quickly|please|real quick|of water|quick]*
        (someone|somebody|there is someone|there is somebody|the postman|the delivery|the doorbell|the phone|the dog|my dog|my phone|my cat|my kid|my kids|my child|my baby|my doorbell|a delivery|the cat|the baby) (is|are|just|has|was|keeps|rang|started)* (at the door|ringing|barking|crying|calling|knocking|rang|barked|came in|making noise|needs me|interrupting) [me|now|again]*
    """,
    "hint": """
        ({ask}|{get}|{want}|i|need|want|would like|so|is there|are there|would you have|i will take|could use|appreciate|love|asking for|i am asking for)+ [me|with|to get|to have|for]* {little}* {hint} {on_this}*
        {little}+ (hint|hints|clue|clues|nudge|pointer|pointers|help) {on_this}*
        (hint|hints|clue|clues|nudge|pointer|pointers) {on_this}+
        {little}* {hint} (here|now|please)? (would|might|could|will) [be] [really|very|so|much|also]* (great|nice|helpful|good|appreciated|lovely|useful|awesome|amazing|welcome|cool|fantastic|wonderful|perfect|help|help me|do|come in handy) [here|now|please|me|a lot|for me|right now]*
        {little}* {hint} (please|is (appreciated|welcome|needed))
        is {little}* {hint} (available|possible|allowed)
        {ask}* (point|steer|push|nudge|guide|lead|send|put|set|direct|get|kick|move|help) me [a bit|a little] (in|into|to|towards|toward|on|onto) (the|a) (right|correct|good|better) (direction|track|path|way|answer|approach) [please]
        {ask}* (nudge|prod) me [a bit|a little|here|please|along|forward]*
        {ask}* (guide|assist|support|help|help out|lead) me [out|a bit|a little|through|here|please|with|get|getting|start|started|going|along|this|that|it|one|the|question|into|answer|find|begin|on|solve|there|some|more|remember|somehow|problem|to]*
        {ask}* (get me (started|going)|give me (a hand|a start|a push|a leg up|a boost|a starting point|a direction|a kick|something to go on|something to work with|the first (step|letter|part|word|idea)|a first (step|idea)|part of the answer|the answer|the solution)|tell me (the answer|the solution|where to start|where to begin|how to start|how to begin|the first (step|letter|word|part))|lend [me] a hand|jog my memory|throw me a bone|show me (the way|how to start)) [please|here|first|with|on this]*
        what is the (answer|solution|trick|correct answer|right answer|first step|first thing to (do|consider|look at))
        (show|get|use|request|i want to use|i would like to use|can i use|take|buy) [me|a|the|one|another|next|my]* (hint|hints|clue)
        [give me|tell me|i need|can i have|can you give me]? something to (start with|go on|work with|start from)
        what should i be (thinking|thinking about|thinking of|looking at|looking for) [here]
        (please)* (help|sos) [me|here|please|out|with this|with that|with this one]*
        {ask}* you help [me|out|here|a bit|a little|please|with this|with that|with it|with the question|with this one]*
        (i|really|could|do|would|might)* (need|want|use|require) [some|a bit of|a little|your|more|any|a]* (help|assistance|support|guidance|hint|hand) {on_this}*
        (where|how|what) (should|do|can|could|would|might|shall) i [even|best|possibly]? (start with|begin with|start|begin|approach (this|that|it|the question|the problem)|get started|tackle (this|that|it)|look [at|for|into] [first]|think (of|about) [first]|go about (this|that|it)|attack (this|that|it)) [first|here|with this|with it|from|please]*
        (i|am|do|i have|still|honestly|really|just|have)* (do not|not sure|not|no idea|no clue|unsure)* [really|even|know|sure|quite|exactly]* (where|how) (to|i should|i could|do i) [even|best]? (start|begin|approach (this|that|it|the question)|go about (this|that|it)|tackle (this|that|it)|get started|go from here|proceed|go on) [here|with this|from here|with it]*
        what (would|could|can|might) (help|be a [good] (start|starting point|first step)) [here|me]*
        {ask}* (gimme|give me|drop me|throw me) [just]* {little}* {hint}
    """,
    "end": """
        ({want}|{ask}|i am|ok)* (end|stop|finish|terminate|quit|cancel|abort|conclude|leave|close|wrap up|break off|exit|discontinue|withdraw from|drop out of|pull out of|get out of|halt|back out of|opt out of|abandon|shut down|call off|cut short|bail on|bow out of|hang up on|disconnect from|cut|ending|stopping|leaving|quitting|withdrawing from|dropping out of|interrupt|be done with|get this over with) [from|out of|with|off]* {interview} (here|now|early|please|right now|at this point|at once|immediately|right here|today|for me|short|to an end|off|down|for today|already|if possible|if that is ok|if that is okay|if that is fine)*
        ({want}|{ask}|ok)+ [just] (stop|end|finish|quit|wrap up|wrap it up|wrap things up|wrap this up|conclude|leave|exit|close|call it|call it quits|terminate|hang up|sign off|log off|log out|drop off|drop out|bow out|withdraw|opt out|pull out|be done|cut it short|cut this short|make it short|head out|disconnect|bail|bail out|step away|back out|finish up|call it a day|end this|end it|stop this|stop it|finish this|finish it|close this|quit this|leave this) {here}* [the interview|talking|for personal reasons|a day] {here}*
        (let us|please|can we|could we|may we|i want to|i would like to)+ (end|stop|finish|quit|conclude|wrap up|close) [it|this|that|things|everything] {here}*
        ({want}|{ask}|i)* (withdraw|withdrawing|retract|cancel|pull|revoke|drop|take back) (my|the) (application|candidacy|candidature) {here}*
        ({want}|{ask}|i|i am|i have decided to|i have to)* (withdraw|withdrawing|drop out|dropping out|pull out|pulling out|opt out|step out|step back|back out|exit|quit|leave|resign) (from|of|out of) (the|this|your) (process|interview process|application|position|race|application process|selection|hiring process|recruitment process|interview) {here}*
        i (really|just|am afraid i|actually|now|am sorry i|think i|guess i|will|would|unfortunately)* (have|need|must|ought|should|want|am going|had better|better|have got|would like) [to] [really|just] (go|leave|run|stop|end|quit|head out|get going|drop off|drop out|log off|hang up|sign off|be going|cut it short|cut this short|finish|wrap up|rush|catch (a|my) (train|bus|flight|plane)) [it|this] {here}*
        [the|this] (interview|session|call) is (over|finished|done|at an end) [for me]
        (end|stop|finish|terminate|quit|cancel|conclude) [the|this|our|my]* (interview|session|call|conversation)
        i (do not|would not|cannot|no longer|will not|am not going to|am not willing to|am not able to|am unable to|really|just|can no longer|honestly)* (want|wish|like|feel like|care|able|going|prefer)? [to] (continue|continuing|go on|going on|carry on|keep going|participate|take part|be interviewed|doing this|do this|proceed|go through) (with|in|doing|this|that|it|{interview}|any more|any longer|further|anymore|today|here|like this|now|right now|please)*
        i (do not|am not|am no longer|have lost|really|any|longer|more)* (interested|interest) [any more|anymore|any longer|at all]
        i [really]* (no longer|do not|am not|am no longer|have lost)+ [really|any|longer|more]* (want|wish|interested|interest|need)+ [to (do|continue|go on with|be in|take part in|proceed with|be considered|be considered for)|in|for] ({interview}|the job|this job|the role|this role|the position|this position|the company|your company|the offer|it|this|continuing|going on|working for you|working there) [any more|anymore|any longer|at all]*
        (i am|i think i am|i)? (done|finished|through) with (the|this) (interview|session|call|whole thing|process|questions) [now]
        (that is|let us call it|i would like to call it|call it|this is|we can call it|i call it|let us make it) (a day|quits|the end of (the|this) (interview|session)|enough (for (me|today|now)|already|questions|interviewing)) [now|please|for today]*
        (please)* (hang up|end it|stop it|log me out|disconnect|end call|stop the call) [now|here|please]*
        (please stop|stop please|stop now|exit|quit|quit now|i quit|i resign|i withdraw|i am out|i am leaving|i am quitting|i am withdrawing|i am off|i am dropping out|i am going now|i am hanging up|i opt out) [now|please|from (the|this) (process|interview)]*
        (good bye|goodbye|bye|bye bye|see you|see ya|take care|have a (nice|good|great) (day|one|evening|weekend)|so long|farewell|ciao|talk to you (later|soon)) [then|now|everyone|later|soon|and|thanks|thank you]*
        i [have] (had enough|changed my mind about (the|this) (interview|job|position|application|role)|am not feeling (well|up to this|up to it)|feel (sick|unwell|ill|too (sick|unwell|ill) to (continue|go on))) [of this|of the interview|of it|now|today|to continue]*
        no more questions please
        enough (for today|questions|of this)
        (this|it) (is|was) (not|no longer) for me
        this (job|role|position|interview) is not for me [after all|anymore]
        ({want}|{ask})* (continue|finish|do this|do it|reschedule|go on|postpone) [this|it|the interview|the rest]* (another day|another time|tomorrow|some other day|on another day|another day instead|at another time|next week)
        ({want}|{ask})* (reschedule|postpone) [this|it|the interview|for] [please]
    """,
    "done": """
        (i am|i think i am|i guess i am|i believe i am|i feel i am|we are|and|so)* (done|finished|all set|all done|through) [with (this|that|my|the) (question|answer|one|part|explanation|response|story)|with it|with this|with that|here|now|explaining|talking|answering|answering this|speaking|on that|for now|with my part]*
        (i think|i guess|i believe|i suppose|i would say|i feel like|so|and|yeah|no|nope|yes)* (that|this|it) (is|was|would be|will be|should be|must be|would have been) (pretty much|basically|about|more or less|really|mostly|probably|just|kind of|essentially|roughly|almost|actually|then)* (it|all|everything|my [final|full|whole|complete|entire|only|best] answer|the answer|my response|my solution|the whole story|the story|the end of my answer|the end of it|the end of the story|enough|as much as i know|as far as i know|as far as i can go|as good as it gets|the best i can do|the best i have got|the best i have|as much as i can say|what i think|what i know|what i would do|what i would say|what i have|how i would do it|how i see it|my take|my take on it|my opinion|where i would stop|as far as i get|the gist|the gist of it|the main points|my two cents) (about it|for now|from me|from my side|on my side|on my end|from my end|i have|i have got|i got|i know|i can say|i can think of|i could think of|i would say|i wanted to say|i want to say|i can remember|i remember|i can recall|i can tell you|there is|there is to it|there is to say|i have to say|that comes to mind|that i know|that i can think of|that i have|really|so far|at the moment|right now|on this|on that|on it|to this|about this|about that|to say|i can come up with|i can offer|then|to it|i have for you|i had|i had to say|to add|here|on this one|on that one|i would add|for me|i can do|i am going to say)*
        (i think|i guess|i believe|so|and|yeah)* (that|this) (should|would|will|pretty much|basically|about|more or less|kind of|really|does|probably)* (covers|cover|concludes|completes|sums up|wraps up|sums|wraps|finishes|do it|do|be it|be all|be enough|suffice|answer it|answer the question|answers it|answers the question) [my answer|it|everything|that|all|my response|my thoughts|my part|the question|things]* [up|all|off|from me|for me|from my side|i think]*
        (i have|i have got|there is|we have|i|got)* (nothing|no more|not much) (else|more|further|left|really)* (to (add|say|tell you|tell|mention|contribute|share|offer|explain)|i can (add|say|think of)|comes to mind|i can think of|from me|from my side|about it|on that|on this|to it|to that|here|for now|at the moment|right now)+
        (i have|i have got|there is)* nothing (else|more|further)
        nothing (else|more|further) [please|for now|here]*
        (i|i really|really|i just)* (do not|cannot|could not|would not|will not) [really|honestly] (have|think of|add|say|come up with|know|remember|recall|got) (anything|any|much|more|any more|anything else) [else|more|further|left|new|useful|right now|now|at the moment]* [to (add|say|tell|mention|contribute|share)|about it|about that|about this|on it|on that|on this|here|than that|beyond that|to say about it|to say about that]*
        i (have|think i have|guess i have|believe i have|already|just)* (said|told you|covered|mentioned|explained|answered|given you|shared|listed|named|described) (everything|all|it all|what i know|all i know|my answer|the question|all of it|enough|my piece|all that|the main points|all the points|what i wanted|what i wanted to say|what i have to say|what i can) [i know|i can|i have|i could|i wanted to|i want to|i wanted to say|i want to say|about it|i can think of|already|as well as i can|i have to say|that i know|to say]*
        (you (can|may|could)|we (can|could|may)|you are free to|let us|feel free to|ok|now|so|yes|please|i am (happy|ready|fine|good) to)* (continue|go on|go ahead|carry on|keep going|proceed) (please|now|then|if you like|if you want|from here|with it|with the interview|with the questions)*
        i am (good|all good|happy with (that|my answer|it)|satisfied with (that|my answer|it)|ready to (go on|continue|proceed)) [with that|with my answer|with it|now|for now|as is]*
        (end of [my|the] (answer|story|response)|full stop|over and out|i rest my case|answer complete|nothing comes to mind [anymore]|no further (comments|thoughts|points|remarks|additions|questions))
        this is my (final|whole|complete|full)? (answer|response)
        no (that is|this is) (it|all|everything) [thanks|thank you]*
        i will (leave|stop) it (there|at that|here) [for now]*
        i will (stop|finish|end) (there|here) [for now]*
        (let us|i will|we can) leave it (there|at that) [for now]*
        no more [to add|to say]
    """,
}

#: These indicate a kind only when nothing else in the utterance does.
WEAK: dict[IntentKind, str] = {
    "hint": """
        i (am|have|got|have got|seem to be|think i am|am afraid i am|guess i am)* (really|a bit|a little|completely|totally|kind of|so|still|just|quite|pretty|sort of|little|bit)* (stuck|blocked|drawing a blank|blanking|going blank) [{on_this}|at the moment|right now|a bit|a little]*
        my mind (is|went|has gone|just went) [completely|totally|just] (blank|empty)
        i (have gone blank|am blank|have a blackout|drew a blank|draw a blank|am drawing a blank) [here|on this|right now]
    """,
}

#: These are requests only when they are the whole utterance.
WHOLE: dict[IntentKind, str] = {
    "repeat": """
        (i am [so|very|really|terribly] sorry|sorry|so sorry|excuse me|um sorry|uh sorry|hm|hmm|huh|eh|sorry sorry)
        (repeat|louder|slower|again|rewind|come again [with that]|pardon|what|slow down|whoa slow down|slower please|speak up|you said what|one more time|once more|what was that again)
    """,
    "explain": "(explain|clarify|rephrase|english please|in english please|meaning)",
    "skip": """
        (next|skip|pass|skipped|the next one)
        no comment [let us|please|we can|can we]* [carry on|go on|move on|continue|proceed|next|next one|next question] [please]
    """,
    "wait": "[wait|ok|sorry|hold on]* let me [just|quickly|first]* (read|look at|go over|go through) (it|that|this|the question) (again|once more|one more time) [first|please|quickly]",
    "done": "(done|finished|continue|nothing else|i stop here|i will stop here)",
    "hint": "(hint|hints|help|clue|stuck)",
    "end": "(quit|exit|stop)",
}

#: Words that are neither a request nor an answer.
FILLERS = """
    (i am [so|very|really|terribly] (sorry|afraid)|sorry [about (that|this)]|my (apologies|bad|mistake)|apologies|excuse me|pardon me|forgive me|so sorry|i apologise|i apologize)
    (hello|hi|hey|hi there|hello there|good (morning|afternoon|evening)|dear interviewer|interviewer|hey there|sir|madam|miss|ma'am|mate|buddy|man|dude|alexa|robot|bot|there)
    (well|so|ok|okay|okey|k|right|alright|all right|yes|yeah|yep|yup|no|nope|nah|sure|fine|good|great|cool|perfect|nice|oh|ooh|ah|aha|oops|oof|gosh|god|wow|damn|phew|actually|honestly|frankly|maybe|perhaps|now|just|then|and|but|or|also|too|like|anyway|anyways|basically|really|unfortunately|here|look|listen|because|since|again|tbh|imo|today|first|quickly|lol|haha|this|that|it is just|i mean|you know|let us see|to be honest|to be fair|to be frank)
    (um|umm|uh|uhm|uhh|er|erm|hm|hmm|hmmm|mm|mhm)
    (at the moment|for now|right now|in that case|if you do not mind|if possible|if that is (ok|okay|fine|alright|all right|possible)|if i may|if you can|if you could|if you would|if it is possible|is that (ok|okay|fine|alright|possible)|would that be (ok|okay|fine|possible)|a bit|with this|this time|at this point|before (that|i answer|we continue|we go on)|or so|as well|real quick|for a moment|for me|instead|in the meantime|off the top of my head|on this|on that|for this one|for that one)
    (thanks|thank you|thank|thanks a lot|many thanks|thank you (very|so) much|much appreciated|appreciate it|i appreciate it|please|pls|plz|thx|cheers|thanks in advance|i would appreciate (it|that)) [for (that|asking|your (time|patience|help|understanding))|anyway|again]
    [that|this|it|what|this one|that one|this question|the question] (is|was)? [a|an|actually|such|quite|really]* (really|very|quite|pretty|too|so|rather|kind of|super|a bit)* (good|hard|tough|difficult|interesting|tricky|great|nice|fair|challenging|excellent|complicated|complex|deep|weird|strange|long|easy|fine) [question|one|problem|topic|thing] [for me]
    (i have|just|one|a)* (quick|small|short)? (question|request) [first|for you|before that|before we start|before we continue|before we go on]
    i (think|guess|suppose|believe|fear) [so|that]
    (would you|could you|can you|will you|if you like|if you want)
    i (do not feel|am not feeling) (well|good|so good|very well|great) [today|right now]
    i am [a bit|a little|just] (nervous|anxious|tired|slow|new to this|not a native speaker|in a hurry|running late|late|out of time)
    english is not my (first|native) language
    my english is [not] [so|that|very] (good|great|perfect|bad)
    i (have|had|have got) (a|another|an) (meeting|appointment|emergency|train|bus|flight|call|family emergency|urgent call) [to catch|to take|to attend|to go to|now|soon|coming up|in (ten|five|a few) minutes]
    something [urgent] (came up|has come up)
    there is (a lot of|some|too much) (noise|background noise) [here]
    never mind
    (my battery|my phone|my laptop) is (dying|low|almost empty|nearly empty)
    i (was|am) [still] (muted|on mute)
    i do not want to (waste|take) (your|any|more) time
"""
