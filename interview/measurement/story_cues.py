"""English cues for the parts of a story, clause by clause.

``CUES`` identify a part explicitly. A part without a cue is found by its position and its subject (``story_parts.py``): after
the first action, a past-tense clause about another subject is the result.
"""

# ruff: noqa: E501 – a pattern of alternatives is easier to read on one line

from __future__ import annotations

import re
from typing import Literal, get_args

StoryPart = Literal["situation", "task", "action", "result"]
PARTS: tuple[StoryPart, ...] = get_args(StoryPart)

_IRREGULAR = (
    "built|rebuilt|wrote|rewrote|led|made|took|gave|ran|set|found|brought|kept|held|told|taught|sent|met|got|chose|drew|redrew|put|"
    "broke|cut|began|went|spoke|split|sat|read|reread|said|sold|spent|stood|did|redid|drove|came|bought|paid|left|fought|caught|"
    "flew|dug|laid|lent|rang|sought|shut|showed|stuck|swapped|threw|tore|withdrew|won|undid|overhauled|fed|hid|hung|"
    "quit|rode|shook|sang|spun|swept|wore|wound|dealt|forgave|froze|stepped|picked|mapped|let|reset|lit|bound|struck|spread|stole|slid|"
    "cast|clung|crept|fled|flung|knelt|overcame|oversaw|overrode|sewed|shed|swung|swam|undertook|upheld|withheld|woke|forbade|strung|bent|rewound|"
    "recut|re-cut|offset|outdid|foresaw|proofread|retook|rethought|resold|rebound|saw to|thought up|came up with"
)
_NOT_ACTIONS = (
    "passed (?:with|my|all|(?:the|an|it) ?(?:exam|test|audit|course|inspection|interview)?)|succeeded|survived|earned (?:a|the|my)|"
    "needed|wanted|learned|worked|joined|disagreed|realised|realized|noticed|expected|used to|liked|enjoyed|agreed|hoped|waited|"
    "believed|feared|failed|loved|hated|struggled|happened|seemed|remembered|missed|cared|stayed|lived|studied|graduated|interned|"
    "started (?:at|in|as|my job)|got (?:a|the|an|hired|promoted|married|sick|ill|fired|paged|called|told|asked|to know|stuck|lost)|felt|thought(?! up)|knew|saw(?! to)|"
    "inherited|found (?:out|myself)|ended up|sat there|stood there|told you|mentioned"
)
ADVERBS = (
    r"(?:(?:then|also|first|finally|quickly|carefully|immediately|personally|just|simply|even|always|at once|next|myself|actually|basically|"
    r"therefore|so|again|later|eventually|manually|quietly|openly|directly|literally|only|still|therefore|started and) )*"
)
NUMBER = (
    r"(?:\d[\d.,]*|a third|a half|a quarter|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|"
    r"seventy|eighty|ninety|half)(?:[ -](?:one|two|three|four|five|six|seven|eight|nine|hundred|thousand|million))*"
)
VERBS = rf"(?!(?:{_NOT_ACTIONS}|made (?:a|the) mistake)\b)(?:[a-z]{{2,}}ed|{_IRREGULAR})"

#: A verb that a clause is built around.
FINITE = (
    rf"[a-z]{{2,}}ed|{_IRREGULAR}|was|were|is|are|has|have|had|did|does|became|fell|rose|lost|knew|saw|could|would|ate|shrank|sank|grew|came|stood|"
    r"now \w+s|still \w+s?"
)

#: Past tense, or present perfect.
PAST = re.compile(
    rf"\b(?:[a-z]{{2,}}ed|{_IRREGULAR}|shrank|sank|sprang|arose|meant|cost|burst|hasn't|haven't|hadn't|wasn't|weren't|didn't|was|were|had|did|became|ate|drank|slept|woke|forgot|blew|beat|hit|let|grew|fell|rose|lost|felt|knew|saw|thought|heard|understood|ended|has|have been|have|could|would not|wouldn't)\b",
    re.IGNORECASE,
)
#: Habits, plans and advice are not a story.
GENERIC = re.compile(
    r"\b(?:usually|generally|typically|normally|in general|as a rule|whenever|i (?:always|often|like to|try to|tend to|prefer to|believe)|in my (?:opinion|view|eyes|experience|book)|when faced with|"
    r"you (?:should|have to|need to|must|can)|one (?:should|must)|i(?: have|'ve) never (?:really |actually |yet )*(?:had|been|faced|experienced|seen|met)|it is important|a good (?:story|leader|manager|team|engineer)|next time|i will|in the future)\b",
    re.IGNORECASE,
)
#: Nor are hypotheticals, unless the clause also tells something that happened.
CONDITIONAL = re.compile(
    r"\b(?:(?<!as )(?<!even )if (?:i|you|we|that|there|it|someone|somebody|a|the)|(?:i|we|he|she|they|it) would|(?:i|we)'d(?! (?:been|had|just|never)))\b",
    re.IGNORECASE,
)
#: Reported speech: "we were told that we would share desks" happened.
REPORTED = re.compile(
    r"\b(?:told|said|announced|heard|learned|learnt|knew|decided|promised|thought|feared|expected|agreed|insisted|swore|warned|meant)\b[^.]{0,60}\b(?:that|it|we|they|he|she|i) would\b",
    re.IGNORECASE,
)
#: "A good example is the move to our new building" opens a story in the present.
OPENING = re.compile(
    r"\b(?:good|recent|typical|great|first|best|one|another) (?:example|instance|case)\b[^.]{0,30}\b(?:is|was|would be|comes|from)\b|\b(?:example|case|instance|time) (?:that|which) comes to mind\b",
    re.IGNORECASE,
)
#: An ongoing story tells its actions in the present.
ONGOING = re.compile(
    r"\b(?:right now|at the moment|currently|these days|nowadays|this (?:year|quarter|month|week)|so far|since (?:then|last|january|february|march|april|"
    r"may|june|july|august|september|october|november|december|\d{4}))\b",
    re.IGNORECASE,
)
_PRESENT_ACTION = (
    r"(?:delete|write|review|meet|check|call|talk|sit|run|keep|collect|measure|plan|organi[sz]e|lead|teach|train|clean|test|fix|move|build|track|"
    r"document|automate|report|pair|hold|ask|share|split|send|prepare|remove|add|replace|migrate|set|walk|go|visit|interview|coach|mentor|update)"
)
PRESENT_ACTION = re.compile(rf"\bi {ADVERBS}{_PRESENT_ACTION}\b", re.IGNORECASE)

_PLACE = (
    "job|role|company|position|team|project|internship|employer|firm|department|startup|start-up|workplace|post|school|university|studies|degree|"
    "apprenticeship|shift|thesis"
)
_CUES: dict[StoryPart, tuple[str, ...]] = {
    "situation": (
        rf"\b(?:in|at|during|on|with) (?:my|our|a|an|the) (?:[a-z]+ )?(?:last|previous|former|current|first|old|second|earlier|recent|past|final)? ?(?:{_PLACE})\b(?! (?:was|is) to\b)",
        r"\bat (?:university|college|school|uni|work|a (?:bank|hotel|hospital|startup|start-up|company|restaurant|shop|store|school|university|retailer|client|customer|firm))\b",
        r"\b(?:last|this|one|two|three) (?:years?|months?|weeks?|summers?|springs?|winters?|autumns?|fall|quarters?|january|february|march|april|may|june|july|august|september|october|november|december|christmas|friday|monday|night|semester|term)\b(?! later)(?=.{0,200}\b(?:was|were|had|did|\w+ed|came|went|got|told|said|lost|broke|fell|found|left)\b| (?:i|we|our|my|the|a|there)\b)|\b(?:\w+ )?(?:years?|months?|weeks?|days?|summers?) ago\b|\bin (?:19|20)\d\d\b|\b(?:a few|some|several|couple of) (?:years?|months?|weeks?) (?:ago|back)\b",
        r"\b(?:when|while|as|after|before|where) (?:i|we) (?:was|were|worked|joined|started|had|studied|lived|interned|first|moved|took|became|got|did|led|ran)\b|\bat (?:that|the) (?:time|moment)\b|\bback (?:then|when|in)\b|\bduring (?:my|our|the|a)\b|\bonce (?:i|we|a|there|upon)\b|\bone (?:day|time|morning|evening|night|of (?:my|our))\b",
        r"\b(?:currently|right now|at the moment|these days),? (?:our|my|the|we|there|nobody|everybody)\b|^(?:\W*(?:so|well|yeah|okay|um|uh|sure)\W+)*as an? (?:\w+ ){1,3}(?:at|in|for|with|of|to|on)\b",
        r"\bthere (?:was|were|had been|is|are) (?:a|an|some|no|two|three|many|this|one|always|constant|lots|several|quite)\b|\bwe (?:had|faced|got|have|were|ran into|lost|did not have|didn't have|kept|suffered)\b(?! (?:to|agreed|finished)\b)",
        r"\b(?:our|my|the|this|a|an|one) (?:[a-z]+ ){0,2}?(?:team|company|service|customers?|client|product|system|project|database|manager|boss|colleagues?|coworkers?|build|release|website|site|app|application|newsletter|dashboard|report|reports|monitoring|guest|patient|student|supplier|vendor|server|pipeline|process|department|office|shop|store|deadline|budget|migration|code|tests?|api|machine|data|junior|intern|developer|stakeholder|group)\b[^.]{0,200}?\b(?:was|were|had|did not|didn't|could not|couldn't|wanted|kept|threatened|complained|refused|failed|broke|crashed|is|are|has|went down|fell|left|quit|found|criticised|criticized|lost|missed|took|needed)\b",
        r"\b(?:disagreed|argued|quarrelled|clashed)\b|\b(?:conflict|argument|dispute|outage|incident|crisis)\b(?=.{0,80}\b(?:was|were|had|broke|between|arose|happened|with)\b)|(?<=had )an? (?:conflict|argument|dispute|outage|incident|crisis)\b",
        r"\bi (?:made|had made) a mistake\b|\bi (?:was|used to be) (?:working|leading|a|an|the|on|in|part of|new|managing|running|doing|still|responsible for a team)\b|\bi (?:worked|was employed|interned|studied|volunteered|temped|helped out) (?:at|for|in|as|with|on)\b|\bwhere i (?:work|worked|volunteer|volunteered|study|studied|help|helped|teach|taught|live|lived)\b",
        r"\bi (?:was|had been|have been|'d been|was just|was still) (?!going to|being|trying)[a-z]{2,}ing\b|\bi used to [a-z]+\b|\bi had (?:just|only just|never|only|already|recently|barely|not yet|been|become|joined|taken over)\b|\bi had (?:a|an|one|two|three|some|several|this)\b(?! (?:talk|meeting|word|conversation|chat|look|idea|plan))",
        r"\bi once\b|\bi (?:[a-z]+ )?(?:forgot|misjudged|underestimated|overlooked|misread|misunderstood|overslept|messed up|mixed up|failed to|missed (?:a|the|my|an|our))\b|\bby (?:mistake|accident)\b|\bi (?:accidentally|mistakenly|wrongly)\b|\bi [a-z]+ed [^.]{0,40}\b(?:wrong|wrongly)\b|\bi inherited\b|\bin my (?:first|second|third|last|final|early|previous) (?:year|month|week|days?|term|season)s?\b",
        r"\b(?:example|instance|occasion|case|situation|story|time|one) (?:that|which|i)[^.]{0,40}\b(?:comes|springs|is|was|would be|from)\b|\b(?:good|recent|typical|great|first|best|one|another) (?:example|instance|case)\b[^.]{0,20}\b(?:is|was|would be|comes|from)\b|^(?:\W*(?:so|well|yeah|okay|um|uh|sure)\W+)*(?:that would be|that'd be|there was|there is|it was) (?:the|a|when|in|at|during|this|one)\b",
    ),
    "task": (
        r"\b(?:my|the|our) (?:task|job|role|goal|responsibility|part|assignment|aim|mission|objective|duty|brief|challenge|mandate|target|idea) (?:there |here |in (?:this|that|it) |then |at the time )?(?:was|were|had been|is|became|meant)\b",
        r"\bit (?:was|is|became|fell) (?:to me|my (?:responsibility|job|task|duty|role|turn)|up to me|on me|i who|down to me)\b|\b(?:fell|was left|came down) to me\b",
        r"\bi (?:was|had been|got|am|have been) (?:then |also |personally |the one |one of those |made |put |given |left )*(?:responsible|in charge|asked|told|assigned|supposed|expected|tasked|charged|chosen|picked|appointed|accountable|entrusted|brought in|meant|hired|to|the task|the job(?= (?:of|to|done))|this task|ownership|the owner)\b",
        r"\band was (?:also |then |therefore )?(?:responsible|in charge|asked|told|supposed|expected|tasked)\b",
        r"\b(?:i|we) (?:had to|have to|needed to|need to|wanted to|were asked to|were supposed to|were told to|must|were expected to|aimed to|set out to|were tasked)\b",
        r"\b(?:asked|wanted|expected|needed|tasked|instructed|ordered|assigned|requested|challenged|trusted|begged|invited) (?:me|us|it|that i|that we)\b(?! (?:how|why|what|afterwards|later))|\btold (?:me|us) (?:to|that (?:i|we) (?:had|should|must|needed|was|were))\b|\bgave (?:me|us) (?:the|this|a) (?:task|job|project|responsibility|assignment|goal|mission)\b",
        r"\bi (?:volunteered|offered|decided to take|took (?:it upon myself|on the (?:task|job|role|responsibility)|it on|ownership|charge|the lead|over|responsibility)|stepped up|stepped in|agreed to take|promised|committed|owned(?! up))\b|\b(?:handed|passed|given|assigned|left) (?:(?:it|that|this|everything|the [a-z]+) )?(?:up )?to me\b",
        r"\b(?:the|our|my) (?:deadline|target|question|problem to solve|priority|ambition|job description|intention|plan) was\b|\bso (?:i|we) (?:had|needed) to\b",
        r"\b(?:put|placed|left|made|named|appointed|chose|picked|wanted|needed|trusted|entrusted) me (?:in charge|responsible|accountable|to (?!that|whom)|as|with|in the lead|for (?:it|this|that|the))|\b(?:gave|handed|assigned|passed|left) me (?:the|this|that|with|a) (?:task|job|project|responsibility|assignment|goal|mission|lead|brief|problem|challenge|case|account|ownership)",
        r"\b(?:wanted|needed|expected|demanded|required|asked for|called for|insisted on) [^.]{0,50}\b(?:by|within|before|until|in time for|no later than|alternatives?|a solution|an answer)\b|\bturned to (?:me|us)\b|\b(?:i|we) (?:took on|took charge of|became responsible for|signed up to|undertook to|was handed|was voted|was elected|was nominated)\b|\b(?:became|got|received|had|have) the (?:task|job|order|mission|assignment|duty) (?:to|of)\b|\b(?:manager|director|boss|board|client|head|chief|lead|customer|supervisor|team leader|owner) (?:then |had |also )?asked for\b",
        r"\b(?:counted|counting|relied|relying|depended|depending) on (?:me|us)\b|\b(?:was|were|became|is) (?:mine|my problem|my call|my department|on my (?:desk|plate|shoulders))\b|\blooked to (?:me|us) (?:to|for)\b|\b(?:someone|somebody) had to\b|\bthat (?:someone|person|became) (?:was )?me\b",
        r"\b(?:landed|ended up|was|were|sat|lay|rested|fell) (?:squarely |now |all |entirely |solely )*(?:on|in|with|upon) (?:me\b|us\b|my (?:desk|plate|lap|shoulders|table))|\bowed it to\b|\b(?:felt|thought|saw|considered) it (?:was |as |to be )?(?:my|our) (?:\w+ )?(?:duty|job|responsibility|task|role)\b|\bi felt (?:\w+ )?(?:responsible|obliged|obligated|accountable)\b",
        r"\bi was (?:also |now |then )?the (?:one|person|only one) (?:who|that) (?:had|needed|was (?:meant|supposed|expected|asked|to))\b|\basked (?:me )?(?:if|whether) i (?:could|would|might)\b|\bput me on (?:the|this|it|that)\b|\bi (?:also |then |gladly |finally )?agreed to (?:take|help|do|lead|clean|fix|sort|run|look|organi[sz]e|write|build|handle|cover|[a-z]+ (?:it|that|this|them))\b|\bmade it my (?:goal|mission|business|priority|job|task|aim)\b|\bset (?:myself|ourselves) (?:the|a|an|this) (?:\w+ )?(?:goal|target|task|aim|deadline|challenge)\b|\bended up with the (?:task|job|duty)\b|\bhad (?:promised|sworn|committed|undertaken)\b[^.]{0,30}\bto\b",
        r"\b(?:the|our|my|this|whole|entire) (?:team|department|group|crew|class|company|staff|shift|unit|office|project)(?: (?:members|leads?))? (?:had|needed|was (?:supposed|asked|told|expected|required|meant|due)|were (?:supposed|asked|told|expected|required|meant|due)|was|were) to\b|\b(?:someone|somebody|one of us) (?:had|needed|would have) to\b|\b(?:needed|wanted|sought|looked for) (?:someone|somebody|a volunteer|a lead)\b[^.]{0,50}\b(?:me|i)\b",
        r"\bhad (?:only |just |about )?(?:one|a|an|two|the) (?:single |short )?(?:afternoon|morning|evening|night|weekend|lunch break) to\b",
        rf"\bi knew (?:that )?(?:i|we|it|this|something) (?:had|needed)\b|\b(?:i|we) (?:only |just )?had (?:only |just |about |until )?(?:{NUMBER}|a|until|till) ?(?:minutes?|hours?|days?|weeks?|months?|noon|monday|tuesday|wednesday|thursday|friday|saturday|sunday|midnight) (?:to|for)\b|\b(?:i|we) (?:was|were) (?:to|given|due|meant|obliged|required|committed|under orders)\b",
        r"\b(?:(?:it|he|she|they|everything|everyone|all of (?:it|them)) |(?:the|our|his|her|their|my|this|that) (?:[a-z]+ ){1,3}?)(?:still |also |all |simply |only )?(?:had|needed) to (?:be|go|get|have|come|reach|arrive|start|open|leave|stay)\b",
    ),
    "action": (
        rf"\bi (?:(?:have|had|'ve|'d|did) )?{ADVERBS}{VERBS}\b",
        rf"\bi (?!(?:did|do|could|was|had|have|am) (?:not|n't)|didn't|never|couldn't)[^.;]{{0,60}}\b(?:and|then) {ADVERBS}{VERBS}\b",
        r"\b(?:my|the) (?:first|next|second|last|main) (?:step|move|thing|action) (?:i did |i took )?was\b|\bi (?:decided|started|began|chose|managed|tried|went|made sure|had (?:a|the) (?:talk|meeting|conversation)) (?:to|by|on|that|with|about)?\b|\bwhat i did (?:was|is)\b|\bby (?:writing|building|adding|removing|talking|calling|asking|splitting|testing|automating|rewriting|moving|introducing|organi[sz]ing|showing|explaining|measuring)\b",
    ),
    "result": (
        r"\bas a result\b|\bin the end\b|\beventually\b|\bultimately\b|\bfinally,? (?:it|we|they|he|she|the)\b|\bthe (?:results?|outcome|effect|consequence|upshot|bottom line) (?:was|is|were)\b|\bit (?:worked|paid off|turned out|helped|succeeded|went (?:well|live|smoothly|fine)|failed)\b|\bthanks to (?:this|that)\b|\b(?:which|this|that) (?:led to|meant that|resulted in|brought|saved|helped|gave us|reduced|increased|cut|made (?:us|them|it|the)|allowed|enabled|solved|fixed)\b|\bended up\b|\bwith the result\b|\bin the long run\b",
        rf"\b(?:reduced|increased|improved|cut|raised|grew|fell|dropped|rose|saved|doubled|halved|tripled|went (?:up|down|from)|decreased|gained|won|climbed|shrank|sank|jumped|lowered|boosted|exceeded|beat|brought|stood at|is now|are now|down|up)\b[^.]{{0,200}}\b(?:by|from|to|of|at|under|below|above|over|than) (?:about |around |almost |nearly |roughly |more than |less than |just )?{NUMBER}",
        r"\b(?:has|have|had|was|were|is|are|been) (?:\w+ )?(?:halved|doubled|tripled|reduced|increased|improved|dropped|fallen|risen|grown|decreased|gone (?:up|down)|disappeared|stopped|vanished)\b|\b(?:halved|doubled|tripled)\b",
        rf"\b{NUMBER} ?(?:percent|per cent|%|times|hours?|days?|euros?|dollars?|pounds?) (?:faster|less|more|fewer|better|cheaper|saved|early|ahead|earlier|a (?:week|month|year))\b",
        rf"\b(?:i|we) (?:brought in|signed|won|sold|raised|collected|made|earned|reached|recovered|got back|saved|recruited|gained) (?:about |around |almost |nearly |over |more than )?{NUMBER}\b|\bas (?:planned|hoped|agreed|promised|scheduled|intended)\b",
        rf"\b(?:i|we|the team|it|he|she|they) (?:[a-z]+ ){{0,2}}?(?:came|placed|ranked|finished|ended|closed|scored|delivered|shipped|submitted|handed|launched|opened|graduated|passed|went live|were|was)\b[^.]{{0,50}}\b(?:on time|in time|on schedule|early|ahead of|late|first|second|third|top of|best|within budget|on budget|percent|%|points|marks?|{NUMBER} (?:days|weeks|hours|months) (?:early|late|before|after|ahead))(?!\w)",
        r"\b(?:everything|everyone|everybody|nobody|no one|nothing|it all|all of (?:them|it|us)|both|all) (?:[a-z]+ ){0,2}?(?:was|were|went|got|came|ended|turned out|could|had|left|lost|asked|is|are)\b(?: [a-z]+){0,3}? (?:fine|okay|ok|well|good|safe|safely|ready|happy|settled|back|over|missing|hurt|injured|lost|satisfied|relieved|home|solved|done|served|asleep|up|on time|smoothly)\b",
        r"\b(?:since then|after that|afterwards|from then on|ever since|to this day|until today|today|nowadays|now|the next (?:day|week|month|year|release|quarter)|(?:\w+ )?(?:days?|weeks?|months?|years?) later|within (?:a|an|one|two|three|\w+) (?:days?|weeks?|months?|hours?|year))\b[^.]{0,200}\b(?:no|never|not|fewer|less|more|all|every|always|still|was|were|had|is|are|has|have|went|came|got|stood|use|uses|used|we|they|it|he|she|the)\b",
        r"\bwe were (?:all )?(?:open|back|online|up|running|working|fully staffed) (?:again|and running|by|within|before|after|in time)\b",
        r"\bwe (?:agreed|delivered|finished|launched|released|shipped|met the (?:deadline|date|target|goal)|won|kept the|got the|made (?:the|it|our)|hit|reached|closed|signed|saved|passed|went live|succeeded|managed|did not lose|lost|beat|sold|were able)\b|\b(?:was|were|got|has been|had been) (?:finally |all |then |eventually |very |really |much |so )?(?:solved|resolved|fixed|happy|satisfied|accepted|adopted|released|approved|delivered|finished|gone|promoted|successful|a success|thankful|grateful|impressed|relieved|delighted|pleased|praised|saved|back|rolled out everywhere|extended|renewed|closed|live|on time|in time|implemented)\b",
        r"\b(?:the|our|a|my|all|both|most|every) (?:[a-z]+ ){0,2}?(?:customers?|clients?|manager|boss|team|users?|guests?|students?|patients?|stakeholders?|colleagues?|management|company|board|ceo|director|supplier|department|group|sides?|parties|everybody|everyone)\b(?:(?! and |, i )[^.]){0,80}\b(?:renewed|thanked|happy|stayed|accepted|agreed|signed|praised|adopted|loved|liked|apologi[sz]ed|complimented|promoted|extended|came back|uses? it|used it|wrote (?:a|us)|gave (?:us|me)|approved|bought|still use|were satisfied|passed|trusts?|trusted|calmed)\b|\b(?:everybody|everyone|they|he|she|both) (?:then |all |even |finally |later |eventually |both |now |still )*(?:renewed|thanked|stayed|accepted|agreed|signed|praised|adopted|loved|apologi[sz]ed|promoted|extended|became|came back|approved|bought|passed|wrote|gave|understood|calmed|left (?:us|happy|satisfied)|was happy|were happy|was satisfied|is now|recommended|hired|offered|invited|admitted)\b",
        r"\b(?:i|we) (?:have )?(?:learned|learnt) (?:that|to|how|from|a lot|not)\b|\bthe lesson (?:was|is)\b|\bmy (?:lesson|takeaway|learning) (?:was|is|from)\b|\b(?:it|that|this) taught (?:me|us)\b|\bi (?:got|was|received) (?:a |an |the )?(?:promoted|promotion|bonus|award|best mark|good grade|thank you|positive feedback|thanked|praised)\b",
        r"\b(?:never|not|no longer|no more|no further) (?:happened|occurred|broke|failed|came back|came up|complaints?|incidents?|outages?|errors?|problems?)(?: again)?\b|\b(?:without|with no|zero) (?:a |any |single |further )*(?:downtime|outage|complaint|complaints|incident|incidents|error|errors|loss|bug|bugs|delay)\b",
    ),
}
CUES: dict[StoryPart, re.Pattern[str]] = {
    part: re.compile("|".join(f"(?:{cue})" for cue in cues), re.IGNORECASE) for part, cues in _CUES.items()
}
TEAM_ACTION = re.compile(rf"\bwe {ADVERBS}{VERBS}\b", re.IGNORECASE)
#: "I did not do anything" is not an action.
IDLE = re.compile(
    r"\bi (?:did not|didn't|could not|couldn't|never|was not able to|wasn't able to) (?:really |actually )?(?:do|act|react|help|say|change|try|take|know|touch|get)\b",
    re.IGNORECASE,
)
#: A further action of the speaker or the team is not an outcome; something they received is one.
DOING = re.compile(
    r"^\W*(?:(?:and|so|but|then|also|next|yeah|well|finally|later|after that|afterwards)[, ]+)*"
    r"(?:i (?!(?:(?:only|still|even|just|finally|eventually|also|then|later) )*"
    r"(?:got|received|graduated|passed|won|earned|gained|lost|succeeded|achieved|avoided|became|managed|survived|was (?:promoted|praised|thanked|able|offered|invited))\b)"
    r"|we (?!(?:(?:only|still|even|just|finally|eventually|also|then|later|all) )*"
    r"(?:got|had (?:no|fewer|the|only)|have (?:had|since|now|been)|haven't|didn't|did not|are|hit|were|won|finished|met|made|saved|became|ended|still use|have not|never|lost|kept|passed|gained|earned|avoided|reached|managed|recovered|survived|stayed)\b))",
    re.IGNORECASE,
)
#: A lasting result is told in the present.
BY_NOW = re.compile(
    r"\b(?:now|today|these days|nowadays|still|already|by now|ever since|since then|anymore|any more|no longer)\b",
    re.IGNORECASE,
)
#: How a story without an own action ends.
OUTCOME = re.compile(
    r"^\W*(?:(?:and|but|so) )*(?:luckily|fortunately|thankfully|happily|sadly|unfortunately|regrettably|in the end|eventually|by (?:the (?:next |same |following )?(?:evening|morning|afternoon|weekend|end|time)|noon|midnight|lunchtime)|within)\b",
    re.IGNORECASE,
)
#: A comment on the story, not its outcome.
REMARK = re.compile(
    r"\b(?:it|that|this) (?:was|is) (?:not |really |very |quite |a |so |pretty |too |my |an? )*(?:hard|difficult|tough|easy|stressful|challenging|busy|complicated|fun|interesting|long|tricky|tight|task|job|responsibility|goal|role)\b",
    re.IGNORECASE,
)
LESSON = re.compile(r"\b(?:learned|learnt|lesson|taught|takeaway)\b", re.IGNORECASE)
MEASURED = re.compile(
    rf"{NUMBER} ?(?:percent|per cent|%|times|hours|days|weeks|euros|dollars|pounds)|\d", re.IGNORECASE
)
