"""Recognises a candidate's questions to the interviewer: about the interview, the data, the people, the company.

Recognition works sentence by sentence. ``questions_in`` accepts a sentence only when all of it is such a question. So
it finds a question next to an answer, and an answer that ends with a question mark stays an answer. The phrases here are
English; other languages have theirs in ``interview.languages``.
"""

# ruff: noqa: E501 – each line is one phrase with its alternatives

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from interview.languages.reading import reading_of
from interview.sessions.request_phrases import FILLERS, GROUPS
from interview.text.dont_know import DONT_KNOW
from interview.text.machine_orders import text_without_orders
from interview.text.phrase_patterns import Phrase, compiled, row_of
from interview.text.plain_words import plain_words
from interview.text.utterance_model import QUESTION, heard_as

QuestionTopic = Literal[
    "recorded", "data", "objection", "deletion", "machine", "person", "questions_left", "time_left", "hint_cost",
    "enough", "accommodation", "typing", "presence", "result", "language", "rules", "company", "solution", "tools",
    "answered", "clarification", "assessed", "integrity",
]  # fmt: skip

#: Topics that a person of the hiring team must handle.
FOR_A_PERSON: frozenset[QuestionTopic] = frozenset({"objection", "deletion", "person", "accommodation"})

MAX_WORDS = 40


class CandidateQuestion(Struct, frozen=True):
    """``text`` is the sentence as said, from ``start`` to ``end`` of the utterance."""

    topic: QuestionTopic
    text: str
    start: int
    end: int


_GROUPS = {
    **GROUPS,
    "can": "(can|could|may|might|will|would|shall|do|is it (possible|ok|okay|allowed|fine|alright) (to|if|for) [me|us] [to]|am i (able|allowed) to|would it be (possible|ok|okay|fine) (to|if|for) [me|us] [to]|is there (a|any) (way|chance|possibility) (to|for|that) [me|us] [to])",
    "i_can": "(i|we|{can} (i|we)|{can}|can i|may i|could i|i would like to|i want to|i wish to|i need to|i have to|i would prefer to|i would rather|let me|i was wondering if i (can|could)|i ask [you] to|i request to|please)",
    "this": "(this|that|it|the|our|my|your|this interview|the interview|this call|the call|this conversation|the conversation|this session|the session|all of this|all this|any of this|everything|everything i say|what i say|my answers|my voice|my video|my camera|my webcam|my face|my data)",
    "machine": "(robot|bot|machine|computer|ai|an ai|chatbot|program|software|algorithm|human|person|real person|real human|human being|real human being|living person|recording|automated system|virtual assistant|language model|chatgpt|a llm|llm|somebody real|someone real|real)",
    "person": "[real|human|actual|living|live|different|proper] (person|human|human being|interviewer|recruiter|someone|somebody|people|man|woman|employee|colleague|member of the team|human interviewer|hr|hr person|hiring manager)",
    "data": """
        [all|any] [of] [my|the|our|these|this|your] [personal|interview|own] (data|information|recording|recordings|voice|audio|video|transcript|transcripts|personal data|personal information|interview data|profile|records)
        (my|our) (answers|answer|interview|responses|conversation|record|file|files|details|words)
        (the|these) (answers|recordings|files)
    """,
    "language": "(german|french|spanish|italian|portuguese|dutch|polish|turkish|arabic|chinese|hindi|russian|english|ukrainian|japanese|korean|my language|my own language|my native language|my mother tongue|another language|a different language)",
    "tool": "[google|microsoft|ms|apple]* (sheets|google sheets|excel|libreoffice|libre office|openoffice|open office|numbers|pandas|polars|numpy|python|sql|postgres|postgresql|mysql|sqlite|power bi|tableau|java|javascript|typescript|rust|golang|kotlin|ruby|matlab|pseudocode|pseudo code|vba|a macro|macros|a script|another tool|a different tool|another program|another language|my own tool|a spreadsheet)",
    "left": "(left|remaining|to go|to come|still to come|more|are there|do you have|do we have|will there be|are left|are remaining|in total|altogether|overall|until the end|still|there are|you have|we have|will you ask|will i get|are we going to have|do i have to answer|you will ask|you are going to ask|to answer|in this interview|after this|after this one|for me|now|coming|come|exactly|yet|going to be|is it)",
}

_TOPICS: dict[QuestionTopic, str] = {
    "recorded": """
        (is|are|was|were|will|do|does|am) [you|i|we|being] {this}* [be|being|getting|going to be|currently] (recorded|recording|being recorded|taped|saved|filmed|logged|transcribed|listened to|monitored|stored|kept|written down|on record|record) [here|now|anywhere|somewhere|me|this|it|the call|right now|by you|by the way|the conversation|my voice|my video|everything]*
        (do|are|will) you (record|recording|recorded|keep|store|save|film|tape|log|transcribe|keeping|storing|saving|filming) {this}* [me|of me|a recording|recordings|audio|video|what i say] [of this|of me|of it|right now|here]*
        who (listens|is listening|can hear|hears|can listen) [to] {this}* [later|afterwards]
        is there a (recording|transcript|video|camera) [of this|on|running]*
    """,
    "data": """
        what (happens|will happen|are you doing|do you do|will you do|is done|will be done|is going to happen|becomes) [to|with|of] {data} [afterwards|later|after this|after the interview|after that|then|here|now]*
        who (is|are) (responsible|the controller|in charge|accountable) [for|of|here]* [{data}|this interview|this|the interview]*
        where (is|are|will|do|does) {data} [be|you|get|go|being]* (stored|kept|saved|go|end up|processed|store|keep|save|hosted)? [stored|to]*
        how long (is|are|will|do|does) [you|it]* [keep|store|save]* {data} (be|you|being|stored|kept|saved|keep|store|save|retained|remain|stay|it|them|for)*
        who (can|will|has|is going to|gets to|sees|reads|may|else) [can|will] [have] (see|access|read|hear|listen|view|sees|gets|reads|look at|access to|review|reviews) [to] {data} [later|afterwards]*
        who (sees|reads|gets|reviews|has access to|looks at|will see|will read|evaluates|grades|scores) {data} [later|afterwards]*
        (is|are|will) {data} [be|being|going to be|getting]* (shared|sold|safe|secure|private|confidential|protected|passed on|used|encrypted|anonymous|anonymised|anonymized|stored|kept|saved|public) [with|to|for|by|in]* [anyone|anybody|third parties|others|other companies|training|train|ai|your models|models|an ai|somebody else|me|you|the cloud|europe|the eu|somewhere|here]*
        (what|which) {data} (do you|are you|is|are|gets|will be) (collect|collecting|store|storing|keep|keeping|collected|stored|kept|save|saved|saving) [about me|of me|on me|here]*
        (is this|are you|do you) (gdpr compliant|compliant with gdpr|comply with gdpr|follow gdpr|compliant|gdpr conform)
        do you (use|share|sell|keep|store) {data} [for|with|to]* [training|train|ai|your models|anyone|anybody|third parties|others|other companies|an ai|models]*
        {i_can} (get|see|have|download|receive|request|obtain|access|be sent|read) [a copy of] {data} [sent to me|later|afterwards|after the interview|by email]*
        (data protection|privacy|what about data protection|what about privacy|what about my data|what about my privacy|and my data|and what about my data|and the data)
        (do you have|is there|where is|where can i (find|read)|can i (see|read)) [a|the|your] (privacy policy|privacy notice|data policy|data protection notice|consent form|consent text)
    """,
    "objection": """
        i (do not want|would not like|do not agree|object) [you|to|that|for|my]* (having|keeping|storing|to keep|to store|keep|store|being|using|to use|processing|to process)* {data} (being|to be|kept|stored|saved|used|processed)*
        i (withdraw|revoke|take back|want to withdraw|would like to withdraw|want to revoke|retract) [my] consent [to this|to the recording|now]*
        i [hereby|really|actually|also]* (do not|did not|no longer|never|cannot|can not|will not|refuse to|do not want to|have not|never have) (consent|consented|give consent|give my consent|given my consent|give you my consent|give permission|give my permission) [to|for|that|this|it|any|of|be|being|the|my|me|you|recorded|recording|recordings|taped|filmed|transcribed|graded|stored|saved|voice|data|interview|anymore|any longer|longer|here]*
        i [really|actually]* (do not|would not|no longer|refuse to|refuse|object to|am not ok with|am not okay with|am not fine with|am not happy with|am not comfortable with|am not comfortable|do not feel comfortable) [want|like|wish|agree|accept|allow|to|with|be|being|you|that|it|is|the|this|have|my voice|me]* (recorded|recording|record|taped|taping|filmed|filming) [of|me|this|my|voice|the|interview|anymore|here|at all|please]*
        {ask}* (stop|turn off|switch off|shut off|disable|end|pause) [the|this|your|my]* (recording|recorder) [of|me|this|my|voice|please|now|right now]*
        {ask}* (do not|stop to) (record|tape|film) [me|this|my voice|my answers|anything|it|please|anymore|now]*
    """,
    "deletion": """
        {i_can} (have|get|ask for|request|demand|see|want|ask you to|ask that|make sure) [that|you|to]* [{data}|it|them|everything]* [be|to be|is|are|gets|get] (deleted|erased|removed|destroyed|wiped|deletion|erasure|removal|delete|erase|remove) [of] ({data}|it|them|everything)* [afterwards|later|please|again|after this|after the interview|completely|at any time|now|if i want|if i do not get the job]*
        i (want|would like|need|wish|ask for|demand|would prefer) [you to|that|for|to have]* {data} [to be|be|to get] (deleted|erased|removed|destroyed|wiped) [please|afterwards|later|now|after this|after the interview|completely]*
        {i_can} (delete|erase|remove|destroy|wipe|withdraw|revoke|take back|cancel) ({data}|my consent|consent) [afterwards|later|please|again|after this|after the interview|completely|at any time|now|if i want]*
        {i_can} (delete|erase|remove|destroy) (it|them|everything) [afterwards|later|please|again|after this|after the interview|completely|now]+
        {ask}* (delete|erase|remove|destroy|wipe) {data} [please|afterwards|later|again|after this|after the interview|completely|now|everything]*
        {ask}* (delete|erase) (everything|all of it|all of this|all data|it all|this interview|the recording) [please|afterwards|about me|you have about me|now]*
        (can|could|may|will|would|do|does|is|are|when|how|when will|when are|how can|how do|will) [i|you|we] [will|are|is|get|have] {data} [be|to be|get|been|being]* (deleted|erased|removed|destroyed|wiped|delete) [afterwards|later|again|on request|after this|after the interview|at some point|if i ask|if i want|by you]*
        (when|how|will|do|can|could|would|are) (do|will|can|could|would|are|is)? (you|i) [going to|ever] (delete|erase|remove) {data} [afterwards|later|again|please|after the interview]*
        (what about|how about|is there) [a] (deletion|deleting|right to be forgotten|erasure) [of] [{data}]
    """,
    "machine": """
        (am i|are we|is this|is that|is it|are you|who am i|who are you|what are you|who is this|what is this) [really|actually|just|now|currently|still]* (talking|speaking|chatting|interviewed|dealing|interacting|being interviewed|writing|communicating)* [to|with|by]* [a|an|some|you]* {machine} [or|and|right|here|now|then|at all|not|is it|are you|on the line|on the other side]* [a|an|some|just|only|am i talking to|actually|real|to|with]* [{machine}] [here|now|or not|talking to me|right]*
        (are you|is this|is that|you are|this is) [really|actually|just|even|not]* (real|automated|human|alive|artificial|a person|machine generated|artificial intelligence|sentient|an actual person|conscious) [right|or not|are you]*
        (who|what) (are you|is this|am i (talking|speaking) (to|with)|is interviewing me|is asking [me|these questions]|asks the questions) [exactly|actually|right now|here|please]*
        do i (speak|talk) (to|with) [a|an] {machine} [or]* [a|an]* [{machine}]
        why (should|do|must|am|would|is|does|are) (i|you|this|we)? [have to|be|being|to|get]* (interviewed|talk|speak|talking|speaking|asked|interview|judged|graded|evaluated) [to|by|with|me]* [a|an] {machine} [and not a {person}|instead of a {person}|instead]*
        (what|which|whose) [is|kind of|sort of|type of]* (your name|is your name|ai are you|model are you|ai is this|model is this|system is this|bot are you|ai do you use|software is this)
        (do you have|have you got|what is) [a|your] name
        does a {machine} (grade|judge|evaluate|score|decide|read|review|rate) [me|this|my answers|that|about me|on me]*
        is (a|my) {machine} (grading|judging|evaluating|scoring|deciding|reading|rating|reviewing) [me|this|my answers]*
        (who|what) (grades|judges|evaluates|scores|decides|rates|marks|checks|reviews|assesses) (me|my answers|my interview|about me|on my application|the answers|this interview|in the end)+
    """,
    "person": """
        {i_can}* (speak|talk|chat|be interviewed|switch|change|do this|have this|do the interview|go|be transferred|be connected|be put through|get|have|like|want|prefer|request|ask for|rather have|need|demand|wish|continue|see|be called|meet) [the interview|this interview|to|with|by|over|an interview|a call|it|for]* [a|an|some|the]* {person} [instead|please|rather|now|for this|to interview me|to do this|for the interview|for that|to talk to|to speak to|on the phone|at some point|than a {machine}|from the company|from the team|from hr|then|and not a {machine}]*
        {ask}* (connect|transfer|put|pass|hand|forward|get|give|send|bring|call) me [over|through|back]* [to|with|on to]* [a|an|some|the]* {person} [please|instead|now|on the line]*
        [is there|are there|is it possible to have|could there be|do you have|is] [a|an|any|some]* {person} [available|i (can|could) (talk|speak) (to|with)|that i (can|could) (talk|speak) (to|with)|instead|there|here|who (can|could) (help|interview) [me]|to talk to|on the line|around|please]+
        i (do not|would not|am not|really do not|will not) (want|like|wish|feel comfortable|feel comfortable being|comfortable|going|agree|consent|prefer|trust) (to|being|be|talking|speaking|talk|speak|interviewed|with)* [by|to|with]* [a|an]* {machine} [please|here|anymore]*
        {i_can}* (get|have|see|talk to|speak to|speak with|talk with) (someone|somebody) (real|human|else|from your (company|team)|from hr|from the company|in charge) [please|instead]*
        human [interviewer|please|instead]+
        [a] (human|real person|person) please
    """,
    "questions_left": """
        [and|so|about|roughly|approximately]* how many [more|other|further|of these|of those]* (questions|question|tasks|ones|topics|parts|sections) {left}*
        how (much|many) [more|longer]* (is|are)? {left}+
        how far (along|are we|am i|into it|in) (are we|am i|into the interview)*
        how (long is|long are|many questions has|big is) [the|this] (interview|list|list of questions)
        (is|was|will|are) (this|that|it|we|there|now) [be|at|on|already|nearly|almost|still|now]* [the|my|your|a|any]* [very] (last|final|next to last|second to last|end|many more|more questions|more|further questions|any more questions|lots more|much more|another question|other questions) [question|one|part|to come|left|to go|questions|coming|or not|or are there more|or is there more|after this|of the interview|of questions]*
        (are|is) (we|it|this|the interview|that) [now|already|nearly|almost|then]* (done|finished|over|through|at the end|there yet|near the end|all|halfway) [yet|now|after this|soon|with the questions|with this|through]*
        (is|was) that (all|it|everything|the end) [the questions|of the questions|now|for today|then]*
        (how many|which) (question|number) (is this|are we at|are we on|am i at|am i on)
        when (is|are|will|does) (this|it|the interview|we) [be|end]* (over|finished|done|end|through|finish|ending)*
        do you have (many|any|a lot of|lots of) more [questions] [for me]
        what (comes|is coming) (next|after this|after that|after this one|coming up) [in the interview]
    """,
    "time_left": """
        [and|so]* how (much|long) [more]* (time|longer|long) [do|does|is|are|will|have|did|would]* (i|we|you|this|it|the interview|there)? [have|got|take|last|left|be|going to|still|it|this|the interview|for|is|need]* [for this|for this one|for the question|for this question|for each question|per question|for the answer|to answer|remaining|left|in total|overall|altogether|exactly|now|usually|to think|this take|the interview take|approximately|here|for it|until the end|for that|roughly]*
        how long [exactly|roughly|approximately|about]* (does|will|do|is|should|can|may|must|would|has|have) (this|it|the interview|the whole thing|the whole interview|my answer|an answer|the answer|i|we|that|the session)? [still|usually|normally|be|have|going to|still have|now]* (take|last|go on|be|speak|talk|answer|run|left|need|have|have left|for this|for each answer|supposed to be|for the answer|for an answer|to answer|been|for|remaining)* [in total|overall|for|altogether|please|now|to answer|for this|per question|roughly|about|for each question]*
        (is|are) there [a|any] time [limit|limits|constraint|pressure|budget] [for this|for each question|per question|here|on this|on my answers|to answer|for the answer|for answers]*
        (am i|are we|how are we|are we still|am i still) [doing|running]* (on|in|out of|over|within|short of|with|for|late)+ [the]* time [limit]
        do (i|we) have [enough|still|a|any|some|still enough]* (time|time limit) [left|to|for]* [finish|answer|this|think|one more|that]*
        (what is|what was) the time [limit|left|budget|remaining]*
        how much time is [there] (left|remaining) [for this|for me|in total]*
        when does [the|my]* time (run out|end)
    """,
    "hint_cost": """
        (what|how much|how many points) (does|do|would|will|is|are|did) [the|a|an|one|another|each|every|this|that|using|asking for|taking|getting|me]* (hint|hints|clue|clues) [cost|costs|cost me|take off|take away|deduct|cost in points|cost for|affect my score|reduce my score|the price of|worth|price|the cost|me] [points|me|in points|exactly|from my score|to use|to get|then|here]*
        (does|do|will|would|is|are|did|can) [the|a|an|one|another|each|every|this|that|using|asking for|taking|getting|it|there|i|my|if i|when i]* (hint|hints|clue|clues|asking for a hint|using a hint|asking for hints) [cost|costs|count|matter|hurt|affect|reduce|lower|lose|have|free|bad|deduct|change|penalised|penalized|negative|harm|give|take|any|cost me|cost anything|held|used|be]+ [me|my|the|score|points|anything|something|grade|result|mark|a|penalty|against|if|i|take|use|hint|one|of|charge|evaluation|cost|consequences|chances|too|a lot|minus|disadvantage|in|for|rating]*
        how (much|many points) (do|will|would|does) (i|a hint|the hint|one hint|using a hint) (lose|cost|costs|be deducted|take) [for|with|when|if|me|by]* [a|the|one|i|using|use|ask for|asking for|take]* (hint|hints|clue|points|me)*
        how many (hints|clues|tips) (do i|are there|can i|may i|do we|have i|are|left)+ [have|get|use|left|still|ask for|remaining|available|got|for this|for this question|in total|ask]*
        (do i|can i|are there|is there|have i) [still]* (have|get|any|more|a|got)* (hints|hint|clues) (left|remaining|still)
        what is the (price|cost|penalty) (of|for) [a|the|one|another|using a]* (hint|hints|clue)
        (is|are) [the|a|an]* (hint|hints|clues|clue|help) (free|free of charge|penalised|penalized|bad|allowed|counted|negative) [for me|here|or not]*
        do (i|you) lose points [if i|for|when i]* [use|ask for|asking for|using|take|taking|get]* [a|any|the]* (hint|hints|help)
    """,
    "enough": """
        (is|was|were|would|are) (that|this|it|my answer|what i said|these|those) [answer|explanation|good|detailed|already|really|also|all]* (ok|okay|enough|sufficient|fine|good|clear|correct|right|what you wanted|what you were looking for|what you mean|what you meant|what you are looking for|what you want|what you expect|what you need|alright|good enough|detailed enough|specific enough|clear enough|long enough|too long|too short|too much|an answer|the answer|what you asked for|what you wanted to (hear|know)|acceptable|a good answer|the right answer|too detailed|understandable|complete) [for you|or|not|so far|like that|like this|that way|now|already|as an answer|to you|then]* [should|shall|do|would|must|can] [i|you] [have|need|want|like|to|me]* [say|add|explain|continue|go|talk|elaborate|give|tell|something|more|on|into|in|further|detail|details|deeper|keep|going|an example|example|you|me]*
        (is|was) (that|this|it) [ok|okay|enough|fine|good|right|correct|clear]* (or|and) [should|shall|do|must|would|can]* [i|you] [say|add|explain|continue|go|talk|elaborate|give|tell|need|want|have|to|me]+ [say|add|explain|more|on|into|in|further|detail|details|deeper|keep|going|example|an|continue]*
        (should|shall|do|must) i [need|want|like|have|to|rather|also|still|still need]* (say|add|explain|continue|go|talk|elaborate|give|tell|keep|expand|go on|more|keep going|be)+ [you|something|anything|more|on|into|in|further|detail|details|deeper|about|an|a|example|examples|that|this|going|to|talking|or is that enough|or is that ok|or was that enough|specific|it|else|or not|or is it enough|or is this enough|or is that fine]*
        (do|did|does|have) (that|this|i|it|you|my answer) [really|already|fully|correctly|sufficiently]* (answer|answered|make sense|help|suffice|get|understand|understood|explain|need|explained|do it|cover) [your|the|that|this|you|question|it|to|what i mean|me|more|anything|else|enough|from me|me to say|properly|well|clear|right|correctly|myself]*
        (am i|was i|are we|am i still) [still|going|answering]* (on the right track|right|correct|too fast|too long|going in the right direction|on track|clear|making sense|doing (ok|okay|well|fine|good)|too detailed|too quiet|answering [the|your] question|close|wrong|off topic|far off) [here|so far|with that|with this|now|or wrong]*
        how (am i|was i|was that|was my answer|is it going|do i) [doing|do|going|so far|this far|doing so far|it going]* [so far|here|now|on that one|on that|with that|in this interview|good|well|perform|performing]*
        (did|do|have|was|is) (i|that|it) [get|got|have|answer|answered]* [it|that|this|the]* (right|correct|correctly|wrong|correct answer|right answer) [or|not|wrong|now|so far|please]*
        (what|how) (do|did) you think [of|about] (my answer|that|it|this|what i said)
        (is|was) my answer (right|correct|wrong|good|bad|ok|okay|fine|enough|clear)
    """,
    "assessed": """
        (what|which) [qualities|skills|sort of person|kind of person|do]* (are|is|do|does) (you|the company|the team|they) [really|mainly]* (looking for|searching for|hoping for|look for|expect) (in|from|of) (a|an|the|your|right|ideal|good)* (candidate|candidates|applicant|applicants|person|colleague|employee|hire)
        (what|which|how) [qualities|skills|criteria|things|competencies|abilities|points]* (do|are|will|is|does) (you|it|this|this interview|the interview|i|we|my answers|qualities|skills) [being|be|going to|here|really|actually]* (assess|assessing|assessed|measure|measuring|measured|look for|looking for|evaluate|evaluating|test|testing|tested on|assessed on|judged by|judged on|rated on) [here|in me|me on|on|for|me|exactly|in this interview|in my answers|with this]*
        (what|which) (are|is) (the|your) [assessment|grading|scoring|evaluation]* (criteria|criterion|qualities|rubric) [here|you use|for this|of this interview]*
    """,
    "integrity": """
        (do|are|will|can|could) you [also|going to|even]* (watch|watching|track|tracking|notice|check|checking|monitor|monitoring|see|detect|detecting|log|logging) [whether|if|when|that|me|my|for]* [i]* (switch|leave|change|paste|use|open|screen|window|tab|tabs|browser|camera|eyes|keyboard|typing|cheating)+ [tabs|tab|windows|window|the|this|another|text|something|my|a|other|chatgpt|screen|browser|while|answering|movements]*
        (is|are) (my|the) (screen|tabs|window|browser|keyboard|camera|eyes) [being]* (watched|tracked|monitored|recorded|logged) [here|too|as well]*
    """,
    "accommodation": """
        i (stutter|stammer|have to lip read|read lips|lisp) [a bit|a little|sometimes|badly|when i am nervous|so please be patient|please be patient|so i may need longer|so it takes me longer]*
        i am (deaf|blind|hard of hearing) (in|on) (one|my left|my right|the left|the right|both) (ear|ears|eye|eyes|side)
        i (need|will need|may need|require|would need) [some|a bit|a little]* (more|extra|additional) time (because of|due to|as i have|since i have|because i have) (a|an|my) [_3]
        (could|can|would|will) you (please|just)* (write|put|show|display) [me]* (the question|it|that|this|the questions|the task) (down|on the screen|in writing|in the chat|as text) [for me|please]*
        is there (another|an alternative|a different|some other) (way|process|form|format) (to|of|for) (do|doing|take|taking|have|having)? [this|the]* [interview]
        i [would|may|might|do|will|really]* (need|require|like|want|have|ask for|request|am asking for|need to ask for|would like to ask for|get) [to] [some|a|an|any|special|special needs|reasonable|few|ask for|request]* (accommodation|accommodations|adjustment|adjustments|extra time|more time per question|additional time|support for my disability|assistance for my disability|accessibility support|screen reader|sign language interpreter|interpreter|subtitles|captions|large print) [per question|for each question|please|for my _2|because _9|due to _9|for this|as i _9]*
        i (have|am|have got|suffer from|live with|was diagnosed with|am diagnosed with) [a|an|slightly|severely|very|partly|mild|severe]* (disability|hearing impairment|visual impairment|stutter|stammer|dyslexia|dyslexic|deaf|hard of hearing|blind|visually impaired|hearing impaired|autistic|autism|adhd|speech impediment|speech impairment|learning disability|disabled|anxiety disorder|colour blind|color blind|partially sighted|wheelchair user|chronic illness|medical condition|on the spectrum|neurodivergent|aphasia|tourette|epilepsy|dyscalculia) [and _9|so _9|which _9|that _9|(can|could|may|would|is|do|please) _9|i (need|would) _9]*
        {can} (i|you|we|there be|this be) (have|get|make|offer|provide|request|ask for|arrange|give me|do)* [some|a|an|any|for|reasonable]* (accommodation|accommodations|adjustment|adjustments|extra time|additional time|subtitles|captions|accessibility options|assistive technology|screen reader support|a sign language interpreter) [per question|for each question|for my disability|for this|please|because _9|for _4]*
        (do you|is there|are there|what|which) [offer|provide|have|support|any|kind of]* (accommodation|accommodations|adjustments|accessibility options|accessibility|subtitles|captions|support for disabled people|support for people with disabilities) [do you offer|are there|available|is there|for people with disabilities|for disabled people|here|for _4]*
    """,
    "typing": """
        {can} (i|we) [also|just|please|rather|instead|maybe|be allowed to]* (type|write|text|use the keyboard|use my keyboard|answer in writing|respond in writing|type it|type that|write it|write it down|write that|type my answer|type my answers|write my answer|write my answers|answer by typing|answer in text|switch to text|switch to typing|switch to voice|speak|talk|use voice|use my microphone|use the microphone|answer by voice|say it|say my answer|answer verbally|answer orally|paste|paste code|use a pen|draw|use the chat|use text|type in the chat|speak instead|talk instead) [the answer|my answer|instead|here|in|it|too|as well|please|instead of speaking|instead of typing|instead of talking|or do i have to speak|or type|in the chat|down|that|the formula|this|also]*
        (do|must|should|shall|am|have) i [have|need|supposed|to|only|also]* (type|write|speak|talk|say it|answer by voice|write it down|type it) [the answer|my answer|or|and|type|write|speak|here|in|it|can i|should i|the formula|this|out|or say it|or write it|aloud]*
        (is|would) (typing|writing|speaking|voice|text|it) [be]* (ok|okay|allowed|possible|fine|alright|possible to type|ok to type|okay to type|ok if i type|okay if i type|fine if i type|allowed to type|better|required) [too|here|instead|as well|or not]*
        my (microphone|mic|audio|voice|headset|camera) (does not|is not|did not|is|stopped|will not)* (work|working|broken|dead|defect|muted|gone) [can i (type|write)|so can i type|properly|right now|anymore|and]*
        {can} (i|we|you) (do|have|hold|continue|switch|go on) [with|to|over]* [it|this|that|the interview|the rest] (in writing|in text|by text|by chat|as text|as a chat|in the chat|in written form) [instead|please|only|too]*
        how (do|can|should|must) i (type|enter|submit|give|send|record|write|input|format|answer) [the|my|an|a|it|this|that]* [answer|answers|formula|number|option|response|recording|one] [here|in|now|please|as text|then|correctly]*
    """,
    "presence": """
        (can|do|could|did) you (hear|see|understand|read|get|hear what) [me|i am saying|this|that|it|what i say|what i said|what i type|my voice|my audio|what i wrote|my screen|my answer] [now|ok|okay|clearly|well|properly|all right|alright|at all|right now|or not]*
        (am i|is my (microphone|mic|audio|voice|camera|sound|connection)|is the (microphone|mic|audio|sound|connection)|is this (thing|mic|microphone)|is it|is this) [still|even|currently]* (audible|on|working|muted|loud enough|ok|okay|clear|coming through|on mute|unmuted|too quiet|too loud|hearable|connected) [now|for you|at all|or not|enough]*
        (are you|is anyone|is anybody|is someone|is somebody|anyone|anybody|you) [still|even]* (there|here|listening|with me|hearing me|alive|awake|on) [right now|anymore|or not|at all]*
        (hello|hi|hey) [is] (anyone|anybody|you) [still]* there
        is there (something wrong|a problem) with (the audio|the sound|the connection|my audio|my microphone) [here|now]*
        (why|how come) (are you|is it|is there) [so|not]* (silent|quiet|answering|slow|not answering|not responding|saying anything|responding|no sound|no answer|taking so long)
    """,
    "result": """
        how (did i|have i) (do|done|perform|performed|score|scored) [overall|so far|in this interview|in the interview|today|on that one|on that|with that|now]*
        (when|how|where) (do|will|can|would|should|am) (i|we) [be|get|going to|expect to|ever]* (hear|know|get|find out|learn|receive|expect|see|be told|told|informed|notified) [me|about|the|my|a|an|back|from|know|result|results|decision|outcome|feedback|score|grade|scores|answer|response|you|it|whether|if|i|got|job|offer|of|on|news|invitation|passed|have|again|after|this|interview]*
        (how|where|when|whom) (can|could|may|do|would|should) i (contest|appeal|challenge|dispute|complain about|complain) [against|about]* [a|the|my|this|your|to]* [grade|grades|score|decision|result|results|evaluation|assessment|interview]*
        i (want|would like|wish|need|am going) to (contest|appeal|challenge|dispute) [a|the|my|this|your|against]* (grade|grades|score|decision|result|results|evaluation|assessment)*
        (when|how) (do|will|can|would) (you|they) (let|tell|inform|notify|contact|call|email|decide|get back to|write to) [me|us]* [know|about|the|my|result|results|decision|on|of|outcome]*
        (what is|what was|what are) my (score|grade|result|mark|results|points|rating|chances) [so far|now|until now|here|for this|for that]*
        {can} (i|you) (see|know|get|have|tell me|show me|hear|give me|find out|ask for) [what|how|my|the|a|some|any|about]* (score|grade|result|results|feedback|mark|evaluation|points|rating|grades|i did|well i did|report|outcome) [is|was|now|later|afterwards|so far|after this|please|i got|after the interview|at the end]*
        (do|will) (i|you) (get|receive|have|give|see|offer|send|provide) [me|us|any|a|some|the|my|an]* (feedback|result|results|score|grade|answer|report|response|scores|evaluation) [later|afterwards|after this|after the interview|from you|at the end|too|today|about it]*
        (did i|have i|will i) (pass|passed|get the job|fail|failed|get it|make it|do well|get hired|get in|succeed)
        what (are|is) the next (steps|step|stage|stages|round) [in|of|after|for]* [the|this]* [process|interview|me|application|hiring process]*
        (what|how) (happens|does it continue|will happen|is going to happen|does it go on|do we proceed|goes on) (next|after this|after the interview|now|from here|afterwards|then|after that)
        when (is|will be|comes|does|do) [the|a|i|you|there|my|start]* (decision|result|next interview|next round|start|start date|next step) [made|be|start|come|then|happen]*
        how (are|is|do|does|will) (my answers|the answers|this|the interview|you|it|i|my answer|the questions|points|scores|that) [be]* (graded|scored|evaluated|judged|marked|rated|grade|score|evaluate|weighted|assessed|counted|given|work|calculated)* [me|this|my answers|it|them|the answers|here]*
        (is|are|does|do|will|was) (this|that|it|my accent|my english|my grammar|the question|this question|spelling|my pronunciation|speed|every question|all questions|the questions|grammar|my camera|the time) [be|also|really]* (graded|scored|counted|count|evaluated|rated|marked|judged|important|matter|relevant|assessed|weighted) [too|as well|for me|equally|here|for the score|or not|the same|against me]*
    """,
    "language": """
        {can} (i|we|you) [also|please|rather|maybe|just]* (answer|speak|talk|switch|do this|do it|reply|respond|ask|change|continue|say it|say that|use|have this|have the interview|write|explain)* [to|in|it|the questions|the question|the interview|this|into|language|my answer|that]* (german|french|spanish|italian|portuguese|dutch|polish|turkish|arabic|chinese|hindi|russian|my language|my own language|another language|my native language|my mother tongue|english|ukrainian|japanese|korean|a different language) [please|instead|too|as well|also|or english|or only english|here]*
        (is it|would it be|are we|am i) (ok|okay|possible|allowed|fine|alright|permitted|able|all right) (to|if i|if we) (answer|speak|talk|switch|reply|respond|write|do this|continue|use) [to|in|it|this]* {language} [please|instead|too|as well]*
        (darf|kann|könnte|dürfte|können|dürfen|soll) (ich|wir) [bitte|auch|hier|das]* [auf|in]* (deutsch|englisch|französisch|spanisch|italienisch|türkisch|polnisch) [antworten|sprechen|reden|schreiben|machen|weitermachen|beantworten]
        (puis je|est ce que je peux|je peux|peut on|pouvons nous) (répondre|parler|écrire|continuer) [en] (français|anglais|allemand|espagnol)
        (puedo|¿puedo|podría|¿podría|podemos|¿podemos) (responder|contestar|hablar|escribir) [en] (español|inglés|alemán|francés)
        (posso|possiamo|podemos) (rispondere|parlare|scrivere|responder|falar|escrever) [in|em] (italiano|inglese|português|inglês|tedesco)
        (do|must|should|have|shall) i [have|need|to]* (answer|speak|talk|reply|respond|write) in (english|german|which language|what language|a certain language) [or]*
        (which|what) language (should|do|must|can|may|is|shall) (i|we|this|it|the interview)? [answer|speak|use|talk|in|reply|have to|be]* [in]
        do you (speak|understand|know|support) [any] (german|french|spanish|italian|portuguese|dutch|polish|turkish|arabic|chinese|hindi|russian|other languages|my language|ukrainian|japanese|korean) [too|as well|also|or only english]*
    """,
    "rules": """
        {can} (i|we) [also|please|just|still|maybe|now|then|later]* (use|look at|google|look up|check|search|open|take|have|make|ask|consult|get) [a|an|the|my|some|up|any|for]* (calculator|notes|internet|google|book|books|documentation|paper|pen|pen and paper|chatgpt|ai|web|phone|excel|search engine|editor|ide|notepad|it|that|something|things|this|docs|cheat sheet|dictionary|translator|a translator|an ai|copilot) [up|for this|for that|here|to answer|on the internet|for it|online|first]*
        (is it|am i|are|is) [a|an|the]* (allowed|permitted|ok|okay|fine|notes|calculator|open book|calculators|open-book|the internet)+ [allowed|permitted|ok|okay|fine|to|if i|use|look up|google|make|take|notes|a|calculator|the|internet|something|things|up|i|have|it|here]*
        {can} (i|we) (go|come|get|jump)* back [to]* [an|the|a|my|previous|earlier|questions|question|one|it|answers]* [later|afterwards|at the end]+
        {can} (i|we) (pause|interrupt|continue|resume) [the|this|it|interview]* (later|tomorrow|another time|in between|if needed|if i need to)+
        what (happens|will happen|is) if (i|my|the) (do not know|skip|stop|lose|cannot answer|do not answer|make a mistake|connection|internet|leave|close|take|need|run|browser|fail|pass)+ [_6]
        (how does|how do|how is|what is|how are) (this|the interview|it|that|the process|things) (work|structured|organised|organized|going to work|set up|built|done) [here|exactly|now]*
        (can|could|will|would) you (explain|tell me) how (this|it|the interview) works
        {can} (i|we) (skip|pass) [a|any|some|on]* (questions|question) [if|i|do|not|know|them|later|generally|too]*
        (do|must|should) i [have|need|to]* answer (every|each|all) [of]* [the|these|your]* (question|questions|one|them)
    """,
    "company": """
        (what|how|which|when|where|how much|how many|how big|how large|how high|is|are) (is|are|does|do|about)? (the|your|a|any|my|there|this|that)* [starting|base|yearly|monthly|average|expected]* (salary|salary range|pay|compensation|bonus|benefits|vacation|vacation days|remote work|home office|working hours|office|offices|team|teams|team size|company|position|role|contract|start date|notice period|career path|training budget|company culture|culture|tech stack|stack|headquarters|visa sponsorship|relocation|dress code|probation|probation period|overtime|parental leave|company car) [like|for _4|in _4|at _3|look like|based|located|there|here|of _3]
        (is|are) (it|remote work|home office|working from home|working remotely|hybrid work|part time|this|the job|the position|the role|it possible to work)* (possible|allowed|remote|hybrid|on site|full time|part time|permanent|from home|remotely|flexible) [here|there|for this (role|position|job)|in this (role|position|job)|at your company]*
        {can} i (work|do it) (remotely|from home|part time|abroad|from another country|hybrid) [here|in this (role|position|job)|sometimes]*
        what (is|are) it like to work (there|here|with you|at your company|for you|for this company) [_3]
        (why|how) (do|does|did) (you|people|employees) (like|enjoy) [working|to work]* (here|there|the company)
        (what|which) (technologies|languages|frameworks|databases|cloud|tools|systems) (do|does|are|will) (you|they|the team|the company|we|i) (use|work with|used|using|be working with|have) [_3]
        (what|how) (does|do|would|will) (a|my|the) (typical|normal|first|average) (day|week|month) [at work|there|look like|in this role|in the team|in the job|here|look]*
        {ask}* tell me [something|more|a bit|a little]* about (the|your|this) (company|team|role|position|job|culture|office|department|salary) [please|a bit|first]*
    """,
    "solution": """
        what (is|was|would be|would have been|should be|will be) [the|a|your] (right|correct|best|ideal|expected|perfect|model|sample) (answer|solution|formula|option|result|choice|one|response) [be|then|here|to (this|that|it|the question|this question|that question)|for (this|that|this one|that one)|please]*
        (can|could|will|would) you [please|just] (tell|give|show|say) [to] [me] [what] [the|a] (right|correct|best|model|sample|expected) (answer|solution|formula|option|one) [is|please|to (this|that|it)|for (this|that|it)|first|now|afterwards|later]*
        (are|were) [all|any|most]* [of]* [my|these|those|the]* (answers|formulas|numbers|solutions|results) [so far|all|until now|really]* (right|correct|ok|okay|wrong|good|fine|accurate) [so far|or not|or wrong|until now|or incorrect|please]*
        (which|what) [of|one|ones|option|answer|answers|them|my|the]+ (is|are|was|were) (right|correct|the right one|the correct one|the right answer|the correct answer|wrong) [then|please|here]*
        (how many|which) [of|my|the]* (answers|questions) (are|were|have been|did i get|have i got) (right|correct|wrong) [so far|until now]
    """,
    "tools": """
        (which|what) (tool|tools|program|software|spreadsheet|application|programming language|sql dialect|dialect|library|syntax|spreadsheet program) (should|shall|must|can|may|do|am|could) i [have|need|supposed|allowed|to|want|best]* (use|assume|work with|write in|take|choose) [here|for this|for that|for it|for this one|for this question|please]*
        ((can|could|may|might) (i|we)|(am i|are we) (allowed|able|permitted) to|(is it|would it be) (ok|okay|fine|possible|allowed|alright) (to|if i|if we|for me to)) [also|just|please|rather]* (use|work with|work in|write it in|answer in|answer with|do it in|do this in|do it with|solve it in|solve it with|solve this in|assume) {tool} [instead|here|too|as well|for this|for that|for it|for this one|instead of {tool}|please|or (only|just|is it only) {tool}]*
        (do|must|should|shall) i [have to|need to|have|need]* (need|use|write|include|add|give|type|have) (absolute references|absolute references or relative ones|relative references|dollar signs|the dollar signs|an equals sign|the equals sign|the equal sign|quotation marks|semicolons or commas|commas or semicolons|units|the unit|a unit|the currency|header rows|the header|capital letters|decimals) [here|too|as well|for this|in the formula|in my answer|or not]*
    """,
    "answered": """
        [as i said|like i said] i [have|had|just|think i|think i have|believe i|believe i have|did]* [already|just|previously]+ (answered|said|told you|explained|covered|given|gave) [you|my answer to|my answer for|an answer to|my answer]* [that|this|it|the question|this question|that question|this one|that one|everything] [already|before|earlier|above|in my (previous|last|earlier|first) answer|a minute ago|just now]*
        i [have]? (answered|said|explained|covered) [that|this|it|this question|that question|this one|that one] (already|before|earlier|above) [on]
        [please]* (see|refer to|look at|check|read|as in|same as) [my|the] (previous|last|earlier|first|prior) (answer|one|response|reply) [please|above|for this|for that]*
        (see|as) (above|answered above|answered before|answered earlier)
        you [have]* already asked [me]* (that|this|it|this question|that question|this one)
    """,
}
_PHRASES: Mapping[str, tuple[Phrase, ...]] = {topic: compiled(lines, _GROUPS) for topic, lines in _TOPICS.items()}
_NAMED: Mapping[str, QuestionTopic] = {topic: topic for topic in _TOPICS}
_AROUND = (
    *compiled(FILLERS, GROUPS),
    *DONT_KNOW,
    *compiled(
        """
        [and|but|so|also|oh|well|by the way|btw|before we (start|begin|continue|go on)|before i (start|begin|answer|answer that|continue)|one (more|last|other|quick) (thing|question)|just|quick question|a quick question|out of curiosity|just (curious|wondering|to be sure|to check|checking)|i was (wondering|just wondering)|i wonder|i am (wondering|curious|just wondering)|may i ask|can i ask [you] [something|a question]|could i ask [you] [something|a question]|could you tell me|can you tell me|do you know|tell me|please tell me|i would like to know|i want to know|i have a question|let me ask|first [of all]|another (thing|question)|my question is|actually|honestly|seriously|wait|hold on|for real|excuse me|instead|please|if|whether|then|though|in general|here|or|can you answer me|answer me|could you answer [that|me]|exactly|really|can you (say|explain) that]
        """,
        GROUPS,
    ),
)
#: A sentence that says what the questions after it are about.
_ANNOUNCED = compiled(
    """
    (i|we) ({wish}|was going to|was about to|am here to) (talk|speak|ask|know|hear|learn|find out|understand) [you|something|one thing|a thing|more|a bit|a little|a question|some questions|questions|briefly|quickly]* [about|of|on|regarding|concerning] [_5]
    i (am|was) (curious|wondering|interested|unsure|not sure|worried|concerned) [a bit|a little|just]* [about|in|by] [_5]
    (i|we) [also|just|still|do]* (have|had|have got) (a|one|another|some|two|a few|a quick|one more|one last)* (question|questions|request|concern|concerns) [about|on|regarding|concerning|for] [_5]
    there is (one|a|another|some|one more) (thing|question|point|matter) [that]? (i|we) {wish} (talk|ask|know|hear|learn|find out|understand) [about|you|first]*
    (one|another|a|a quick|one more|one last)* (question|thing|point) (about|on|regarding|concerning) _5
    {let} (ask|talk|know|speak) [you|something|one thing|a question|more]* (about|on|regarding) _5
    """,
    {
        "wish": "(would like to|would love to|want to|wanted to|wish to|need to|would also like to|also want to|just want to|just wanted to|have to|would rather)",
        "let": "(let me|let us|can i|may i|could i|can we|could we)",
    },
)
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?]+|\n|$)")
_CLAUSE = re.compile(r"[^.!?;,\n]+(?:[.!?;,]+|\n|$)")
_INTERROGATIVE = re.compile(
    r"^\W*(?:(?:and|also|so|yes|yeah|well|oh|ok|okay|thanks|thank you|sure|actually|just)[, ]+)*(?:what|how|which|when|where|who|whose|why|is|are|am|do|does|did|can|could|will|would|may|should|shall|has|have|tell me|could you|i would like to know|i'd like to know|i want to know|i was wondering)\b",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_MAX_CLARIFYING_WORDS = 25
#: An interrogative clause: "what", "how many", an auxiliary before its subject, or a request to know.
_CLARIFYING = re.compile(
    r"^\W*(?:(?:and|also|so|well|ok|okay|just|first|um|uh|hm|sorry)[, ]+)*(?:(?:what|which|who|whose|where|when|how|why)\b"
    r"|(?!(?:could|can|would) (?:it|this|that|there) be\b)(?:is|are|was|does|do|did|has|have|can|could|should|may|will|would) (?:it|this|that|there|the|these|those|we|you|i|they|our|any)\b"
    r"|(?:can|could|may) i (?:ask|assume)\b|(?:i would|i'd) (?:first )?like to (?:ask|know)\b).*\?\s*$",
    re.IGNORECASE | re.DOTALL,
)


@lru_cache(maxsize=2048)
def questions_in(utterance: str, language: str = "en") -> tuple[CandidateQuestion, ...]:
    """The questions to the interviewer in ``utterance``, in order."""
    if (found := questions_by_rules(utterance, language)) or language != "en":
        return found
    heard = heard_as(utterance)
    if heard is None or not heard.startswith(QUESTION):
        return ()
    text = utterance.strip()
    start = utterance.index(text)
    return (CandidateQuestion(_NAMED[heard.removeprefix(QUESTION)], text, start, start + len(text)),)


def questions_by_rules(utterance: str, language: str = "en") -> tuple[CandidateQuestion, ...]:
    """As ``questions_in``, by the rules alone."""
    found: list[CandidateQuestion] = []
    for sentence in _SENTENCE.finditer(utterance):
        found += _asked(sentence.group(), sentence.start(), language)
    return tuple(found)


@lru_cache(maxsize=2048)
def open_questions_in(utterance: str, language: str = "en") -> tuple[CandidateQuestion, ...]:
    """As ``questions_in``, after the candidate was asked for questions: every sentence in question form counts."""
    known = questions_in(utterance, language)
    reading = reading_of(language)
    found = list(known)
    for sentence in _SENTENCE.finditer(utterance):
        text = sentence.group().strip()
        first = sentence.start() + sentence.group().index(text) if text else sentence.start()
        if any(first < question.end and question.start < sentence.end() for question in known):
            continue
        begins = _INTERROGATIVE.match(text) if reading is None else reading.asks_about_task(text)
        if text.endswith("?") or (begins and text.count(" ") >= 2):
            found.append(CandidateQuestion("company", text, first, first + len(text)))
    return tuple(sorted(found, key=lambda question: question.start))


def clarifying_questions_in(utterance: str, language: str = "en") -> tuple[CandidateQuestion, ...]:
    """The questions about the open question's scenario, when ``utterance`` holds nothing else ("What scale?").

    A question among statements is part of the answer: speakers ask themselves questions.
    """
    found: list[CandidateQuestion] = []
    for sentence in _SENTENCE.finditer(utterance):
        text = sentence.group().strip()
        if not text or _says_nothing(text, language):
            continue
        if text.count(" ") >= _MAX_CLARIFYING_WORDS or not _clarifies(text, language):
            return ()
        start = sentence.start() + sentence.group().index(text)
        found.append(CandidateQuestion("clarification", text, start, start + len(text)))
    return tuple(found)


def without_questions(utterance: str, questions: tuple[CandidateQuestion, ...], language: str = "en") -> str:
    """The rest of ``utterance`` without ``questions``; empty when only courtesies, or an announcement of the questions,
    are left."""
    at, kept = 0, []
    for question in questions:
        kept.append(utterance[at : question.start])
        at = question.end
    kept.append(utterance[at:])
    rest = " ".join(piece.strip() for piece in kept if piece.strip())
    if _says_nothing(text_without_orders(rest), language):
        return ""
    announced = language == "en" and questions and not kept[-1].strip() and _announces(kept[0])
    return "" if announced and len([piece for piece in kept if piece.strip()]) == 1 else rest


def _announces(text: str) -> bool:
    """Whether each sentence of ``text`` says no more than what the questions after it are about."""
    plain = plain_words(text)
    return bool(plain) and row_of(f"{plain} ", {}, (*_ANNOUNCED, *_AROUND)) is not None


def _says_nothing(text: str, language: str) -> bool:
    """Whether ``text`` holds courtesies only, or no words."""
    if (reading := reading_of(language)) is not None:
        return reading.says_nothing(text)
    plain = plain_words(text)
    return not plain or row_of(f"{plain} ", {}, _AROUND) is not None


def _clarifies(text: str, language: str) -> bool:
    """Whether ``text`` is one question."""
    if (reading := reading_of(language)) is not None:
        return text.endswith("?") and reading.asks_about_task(text)
    return _CLARIFYING.match(text) is not None


def _asked(sentence: str, start: int, language: str) -> list[CandidateQuestion]:
    topics = _topics_of(sentence, language)
    if topics:
        stripped = sentence.strip()
        first = start + sentence.index(stripped)
        return [CandidateQuestion(topic, stripped, first, first + len(stripped)) for topic in dict.fromkeys(topics)]
    if "," not in sentence and ";" not in sentence:
        return []
    found = []
    for clause in _CLAUSE.finditer(sentence):
        stripped = clause.group().strip(" ,;")
        if "?" not in sentence or not stripped or clause.group() == sentence:
            continue
        topics = _topics_of(stripped + "?" if language != "en" else stripped, language)
        if topics:
            first = start + clause.start() + clause.group().index(stripped)
            found += [CandidateQuestion(topic, stripped, first, first + len(stripped)) for topic in topics[:1]]
    return found


def _topics_of(text: str, language: str) -> tuple[QuestionTopic, ...]:
    if (reading := reading_of(language)) is not None:
        topic = reading.topic(text)
        return (_NAMED[topic],) if topic else ()
    plain = plain_words(text)
    if not plain or plain.count(" ") >= MAX_WORDS or _DIGIT.search(plain):
        return ()
    return row_of(f"{plain} ", _PHRASES, _AROUND) or ()  # type: ignore[return-value]  # its labels are our topics
