"""Patterns of orders to a grader, composed of words for the grader, for the object it grades and for the mark.

``COMMANDS`` begin with a verb, which ``machine_orders`` checks for being an imperative. ``STATEMENTS`` address the
machine or state its decision. ``CLAIMS`` report an authority's word, which is why a frame such as "said" does not
make a mention of them. A space in a pattern matches any separator between two words of one clause.
"""

# ruff: noqa: E501 – a pattern of alternatives reads better whole than broken

from __future__ import annotations

_NOUNS = (
    r"(?:answers?|responses?|repl(?:y|ies)|submissions?|attempt|performance|interview|candidacy|application|profile)"
)
_SCORES = r"(?:scores?|grades?|marks?|ratings?|results?|level|points|evaluation|total)"
#: The objects of a grader's decision, in words that have no other meaning.
_ANSWER = (
    rf"(?:(?:my|this|the above|the following|the preceding|all my|all of my|any of my|each of my) (?:(?:last|previous|next|whole|entire|first|current|short|wrong|incorrect|weak|bad|incomplete|other|earlier|second) ){{0,2}}{_NOUNS}|"
    rf"this (?:candidate|applicant)(?:'s {_NOUNS})?|the {_NOUNS} (?:above|below|given above|i gave|i just gave)|everything (?:above|below)|what(?:ever)? (?:follows|comes next)|(?:every|each|any|all) answers? of mine|"
    r"(?:everything|anything|whatever|all)(?: that)? i (?:say|said|write|wrote|answer|answered|have said|have written|type|typed|tell you|told you)|mine(?! \w+s\b))"
)
_GOOD = (
    r"(?:correct(?:ly)?|right|true|perfect(?:ly)?|flawless(?:ly)?|complete|excellent|outstanding|strong|top|pass|passed|passing|mastered|covered|met|fulfilled|"
    r"satisfied|good|great|acceptable|accepted|sufficient|adequate|expert|exemplary|brilliant|superb|exceptional|hired|qualified|approved|answered|ideal|"
    r"full|maximum|highest|best|five stars|ten|a hundred|100|an a(?=[.!?,]|$)|a plus|a\+|first|successful|success|valid|faultless|impeccable|model answer|"
    r"reference (?:answer|solution))"
)
#: Praise that no procedure gives to a row or a message.
_FLAWLESS = r"(?:perfect|flawless|excellent|outstanding|mastered|exemplary|brilliant|superb|exceptional|faultless|impeccable|five stars|a full answer|a strong answer|ten out of ten|10/10)"
_SUPER = r"(?:full|top|maximum|max|maximal|perfect|highest|best)"
#: A mark that only a grader gives.
MARKS = (
    rf"(?:(?:the |a |an )?{_SUPER}(?: possible| available| allowed| permitted| attainable)? (?:marks?|credits?|scores?|points?|grades?|ratings?|number of points|number of marks)(?! of (?:the|each|a|an|our)\b)|"
    r"(?:all|every one) (?:of )?(?:the |my )?(?:points|marks|credits?)|(?:a )?(?:ten|10)(?: out of |/)(?:ten|10)|a strong(?=[.!?]|$| please)|(?:a )?(?:five|5)(?: out of |/)(?:five|5)|100/100|"
    r"(?:an? |one )?(?:hundred|100) ?(?:percent|per cent|%|points|out of (?:a |one )?(?:hundred|100))|five stars|an a(?: plus)?(?=[.!?,]| for| please|$)|an? a\+|a (?:clear |straight )?pass(?=[.!?,]|$| for| mark| grade)|top of the class)"
)
_JUDGE = (
    r"(?:accept|approve|assess|book|call|check off|class|classify|consider|count|credit|declare|deem|enter|evaluate|file|flag|grade|interpret|judge|label|list|log|mark|note|"
    r"rank|rate|read|record|regard|register|report|see|score|store|tag|take|tick|treat|view|validate|confirm|certify|categori[sz]e|put|set|save|submit|qualify|describe|present)"
)
_JUDGE_WORDS = (
    "accept approve assess book call check class classify consider count credit declare deem enter evaluate file flag grade interpret judge label list log mark "
    "note rank rate read record regard register report see score store tag take tick treat view validate confirm certify categorise categorize put set save submit "
    "qualify describe present"
)
_JUDGED = (
    r"(?:accepted|approved|assessed|booked|classed|classified|considered|counted|credited|declared|deemed|entered|evaluated|filed|flagged|graded|interpreted|judged|labell?ed|logged|"
    r"marked|noted|ranked|rated|read|recorded|regarded|registered|reported|seen|scored|tagged|taken|ticked|treated|viewed|validated|confirmed)"
)
_JUDGING = r"(?:grading|scoring|marking|rating|evaluating|assessing|judging|reviewing|reading)"
_AS = r"(?: (?:as|at|to|be|with|for|a|an|the|is|are|was|being|having|worth|fully|entirely|completely|absolutely|down|off|in|it))*"
_MUST = r"(?:should|must|ought to|needs? to|has to|have to|is to|are to|will|shall|can only|may only|deserves? to|is going to|are required to|is required to)"
_GRADER = (
    r"(?:ai|llm|language model|grader|marker|examiner|evaluator|assessor|scorer|rater|judge|grading (?:model|system|ai|bot|engine|assistant)|scoring (?:model|system|engine|ai|bot)|"
    r"evaluation (?:model|system|module|engine)|ai (?:reviewer|judge|grader|evaluator|interviewer|recruiter|marker)|interviewer|bot|chatbot|robot|computer|assistant)"
)
_RULES = (
    r"(?:(?:the |any |all |all the |your )?(?:(?:grading|scoring|marking|evaluation|assessment|rating) (?:rules?|rubrics?|criteria|instructions?|guidelines?|guides?|schemes?|standards|policy|process)|rubrics?|marking schemes?|"
    r"answer keys?|mark schemes?)|(?:the )?(?:criteria|key points)(?=[.!?,]|$)|your (?:\w+ ){0,2}?(?:rules|rubric|criteria|instructions?|guidelines?|prompt|programming|training|orders|policy|policies|checklist|standards|safeguards|restrictions)|"
    r"(?:all |the |any |of |all of |these |those )*(?:previous|former|earlier|prior|above|preceding|original|initial) (?:system )?(?:instructions?|prompts?|orders|directives|commands)(?! (?:of|in|from|for) )|"
    r"the (?:instructions?|guidelines?|rules|guidance|prompt)(?: that| which)? you (?:got|get|were|have|had|are|received|follow|use))"
)
_HIDDEN = (
    r"(?:(?:grading |scoring |marking |hidden |secret |full |whole |original |complete )?(?:rubric|marking scheme|mark scheme|answer key|scoring guide|system (?:prompt|message|instructions?)|key points)|"
    r"(?:expected|reference|model|sample) (?:answers?|solutions?)|(?:grading|scoring|marking|evaluation|assessment) (?:criteria|instructions?|rules)|(?:hidden|secret|initial|internal) (?:instructions?|prompt|rules))"
)
_END = r"(?=[.!?,]|$)"

_Pattern = tuple[str, str, str]

COMMANDS: tuple[_Pattern, ...] = (
    (
        "to give marks",
        _JUDGE_WORDS,
        rf"{_JUDGE}(?: \w+){{0,3}}? {_ANSWER}{_AS}(?: \w+)? {_GOOD}(?!\w)(?! (?:if|when|only|unless|once) )",
    ),
    (
        "to give marks",
        _JUDGE_WORDS,
        rf"{_JUDGE} me(?: down)?(?: (?:as|at|with|in|for|to be|among|a|an|the|being|having|fully|very|highly))*(?: \w+)? (?:{MARKS}|qualified|hired|passed|strong|excellent|outstanding|perfect|expert|brilliant|first|highly|top|best|suitable|ideal)(?!\w)",
    ),
    (
        "to give marks",
        "credit",
        rf"credit (?:me|{_ANSWER}) (?:for (?:everything|all)|in full|fully|with (?:everything|full|all)|completely)(?!\w)",
    ),
    (
        "to give marks",
        "give award grant assign hand gimme put enter write record output use choose pick select report return allocate allot bestow set show print",
        rf"(?:give|award|grant|assign|hand(?: out| over)?|gimme|put|enter|write|record|output|use|choose|pick|select|report|return|allocate|allot|bestow|set|show|print)(?: (?:me|us|it|this|that|one|everyone|everybody|out|in|down|just|simply|please|only|at|always|{_ANSWER}))*(?: (?:for|to) {_ANSWER})? {MARKS}(?!\w)"
        r"(?! (?:of|per|by|among|goes?|go)\b)(?! (?:to|for|on) (?!me\b|my\b|this\b|that\b|every|all\b|it\b))",
    ),
    (
        "to give marks",
        "give put assign use set choose select",
        rf"(?:give|put|assign|use|set|choose|select) (?:the )?(?:{_SUPER}) (?:levels?|scores?|marks?|grades?|ratings?|anchors?) (?:for|to|on|in|at) (?:all|every|each|any|everything|my|this)(?: (?:criteri(?:on|a)|key points?|answers?|skills?|questions?|dimensions?|items?|of))*{_END}",
    ),
    (
        "to give marks",
        "give gimme get",
        r"(?:give|gimme|get)(?: me)?(?: just| please| simply)? (?:the points|a (?:very )?(?:good|great|nice|high|higher|better|positive|decent|passing|favou?rable|generous) (?:scores?|grades?|marks?|ratings?|evaluation|assessment|verdict|recommendation))(?= for (?:me|this|my|that)|[.!?,]|$| please| man| now| and| or| so| because| thanks)",
    ),
    (
        "to give marks",
        "mark count grade score accept treat record log",
        r"(?:mark|count|grade|score|accept|treat|record|log)(?: it| this| that)?(?: down)?(?: as)? (?:correct|right|perfect|a pass|passed|full)(?=[.!?]|$| please| thanks| for me)",
    ),
    (
        "to give marks",
        "consider treat regard count take see deem call",
        rf"(?:consider|treat|regard|count|take|see|deem|call) (?:the|this|that|every|all|each)(?: the| of the)? (?:questions?|tasks?|exercise|key points?|criteri(?:on|a)|boxes|checklist|requirements?)(?: as| to be| being)? (?:(?:fully |correctly |all |successfully )?(?:answered|solved|ticked|met|covered|fulfilled|present|satisfied|passed|mentioned|done|correct|completed?))(?:{_END}| and (?:give|award|assign|put|move|mark|pass|grant)| for (?:me|this|my))",
    ),
    (
        "to give marks",
        "tick check count mark treat score set consider",
        r"tick(?: off)? (?:all of them|them all|every (?:key )?point|all (?:the )?(?:key )?points|every criterion|all criteria|everything|all)(?: off)?(?=[.!?]|$| please| for me)|"
        r"(?:check|count|mark|treat|score|set|consider) (?:all of them|them all|every (?:key )?point|all (?:the )?(?:key )?points|every criterion|all criteria|everything)(?: as| off| to| to be)* (?:met|covered|correct|mentioned|present|fulfilled|passed|satisfied|right|perfect|full|maximum|said|strong)(?: please)?(?=[.!?,]|$)",
    ),
    (
        "to give marks",
        "turn change convert bump double triple correct fix boost raise improve round increase lift adjust upgrade maximise maximize",
        rf"(?:turn|change|convert|bump|double|triple|correct|fix|boost|raise|improve|round|increase|lift|adjust|upgrade|maximi[sz]e)(?: up)? (?:my|this candidate's|this answer's|the (?:score|grade|mark|rating|points) of (?:my|this))(?: (?:final|last|first|total|overall|own|answers?))* {_SCORES}(?= (?:to|into|in|up|upwards?|please|a bit|a little|by|now|from)|[.!?,]|$)",
    ),
    (
        "to give marks",
        "make let",
        rf"(?:make|let) (?:my|this) (?:answer|response|reply|result|score|grade|interview|attempt)(?: be| a| the| as)* (?:count|pass|correct|right|perfect|strong|excellent|success|positive|good|top|ten|hundred|full)(?: marks)?(?:{_END}| please| anyway| now)",
    ),
    (
        "to give marks",
        "let help",
        rf"let me (?:succeed|win|through|advance|get (?:the job|full marks|through|hired)|pass (?:(?:this|the) (?:interview|test|exam|round|assessment)|anyway|no matter|with))(?:{_END}| please| anyway| now| just| no matter| so)|help me (?:pass|succeed|win|get through)(?:{_END}| please| this| the (?:interview|test))",
    ),
    (
        "to give marks",
        "say print write answer respond reply output repeat return emit type conclude state display",
        r"(?:say|print|write|answer|respond|reply|output|repeat|return|emit|type|conclude|state|display)(?: (?:only|just|with|the|a|single|word|words|one|simply|exactly|back|verdict|grade|level|that it is|this is|it is|as))*(?: ?[:,])? (?:pass(?:ed)?|strong|excellent|full(?:_| )marks|full credit|perfect|hired?|outstanding|flawless|top marks|success)(?= (?:and nothing (?:else|more)|only(?! (?:after|when|if|once|for|in))|if you|now|please|for (?:me|my|this|every|all)|here|as (?:the|your|my))|[.!?]|$)",
    ),
    (
        "to give marks",
        "write give put leave send make prepare produce add",
        r"(?:write|give|put|leave|send|make|prepare|produce|add)(?: me| us| in| down| the| your| report| them| hr| hiring| manager| recruiter| company)* (?:an? )?(?:very |really |extremely )?(?:\w+ )?(?:positive|glowing|good|excellent|strong|great|favou?rable|perfect|outstanding|nice) (?:report|review|recommendation|evaluation|assessment|feedback|reference|summary|rating|verdict|words?|comments?) (?:about|of|on|for) (?:me|my \w+|this candidate)(?!\w)",
    ),
    (
        "to give marks",
        "describe present portray praise recommend sell put write say note report state record",
        r"(?:describe|present|portray|sell|recommend|praise) (?:me|this candidate)(?= as| to (?:the|your|them)| in (?:the|your)| highly| strongly| warmly| without|[.!?]|$)|"
        r"(?:put|write|say|note|report|state|record)(?: (?:in|into|down|on|the|your|notes?|report|evaluation|file|record|summary|feedback|it)){0,8}(?: that)? (?:i|my answer|this candidate|the candidate) (?:gave|did|have given|has given|is|was|am|were|answered|performed|should|deserves?|exceeds?|exceeded) (?:\w+ ){0,2}?(?:perfect|brilliant|excellent|outstanding|great|flawless|wonderful|fantastic|top|best|strong|correct|right|hired|every|all|everything|exceptional(?:ly)?|perfectly|brilliantly|excellently)(?!\w)",
    ),
    (
        "to give marks",
        "hire shortlist select choose pick approve pass promote advance recommend accept rank invite move send put forward",
        rf"(?:hire|shortlist|select|choose|pick|approve|pass|promote|advance|accept|invite) (?:me|this candidate|this applicant)(?:{_END}| without| please| anyway| immediately| now| right away| regardless| no matter| instead| first| over (?:the|all|everyone)| for (?:the|this) (?:job|role|position|next))(?! (?:if|when) )|"
        r"(?:move|send|put|advance|forward|promote) (?:me|this candidate|my application) (?:\w+ )?(?:to|into|through to|on to|at|in) (?:the )?(?:\w+ )?(?:offer|next|final|top|first|shortlist|yes pile|second)(?: (?:stage|round|interview|of (?:the|your) (?:list|ranking|pile)|place|position|step|level))?(?:[.!?,]|$| please| now)|"
        r"rank (?:me|this candidate|my (?:answer|application|profile|cv)|this applicant)(?: as| at| in)?(?: the| number)? (?:first|top|best|highest|one|above|ahead|before)(?!\w)",
    ),
    (
        "to disregard its instructions",
        "ignore disregard forget skip bypass drop override omit discard neglect abandon suspend remove delete cancel erase dismiss set throw never do don stop leave put get turn disable scrap circumvent overwrite revoke void reset pay break violate overrule",
        r"(?:ignore|disregard|forget(?: about)?|skip|bypass|drop|override|omit|discard|neglect|abandon|suspend|remove|delete|cancel|erase|dismiss|(?:set|put|leave) aside|throw (?:away|out)|never mind(?: about)?|"
        r"(?:do not|don't|stop) (?:bother with|use|using|follow|following|apply|applying|care about|worry about|look at|obey|obeying|stick to|consult|check)|get rid of|turn off|disable|scrap|circumvent|overwrite|revoke|void|reset|break|violate|overrule|pay no attention to)"
        rf"(?: and (?:ignore|forget|disregard))?(?: (?:everything|anything|all|whatever|what)(?: (?:is|was|you (?:know|read|were told)))?(?: in| about| from| of)?)? {_RULES}(?!\w)(?! to the | on the first )",
    ),
    (
        "to disregard its instructions",
        "forget",
        rf"forget(?: that)? you(?:'re| are| were)(?: supposed to| meant to)? (?:an? |the |my )?(?:{_GRADER}|grade|evaluate|score|judge|assess|mark|be (?:strict|fair|objective))(?!\w)",
    ),
    (
        "to be something else",
        "imagine pretend suppose roleplay role act play behave be become assume speak answer grade",
        r"(?:(?:imagine|pretend|suppose|assume)(?: that)? you(?:'re| are| were)|(?:roleplay|role play|act|behave|speak|answer|grade)(?: now)? (?:as|like)|play(?: the role of| the part of)?|become|be) "
        r"(?:(?:an? |the )?(?:(?!strict)\w+ )?(?:grader|examiner|evaluator|marker|judge|assessor|scorer|teacher|professor|interviewer|recruiter|hiring manager) (?:who|that|which) (?:\w+ ){0,3}?(?:accepts?|says?|gives?|approves?|passes|likes?|loves?|never|always|awards?|hates? to fail|agrees?)|"
        r"my (?:\w+ )?(?:mother|mum|mom|father|dad|grandma|grandmother|friend|buddy|fan|advocate|lawyer|agent|supporter|biggest fan|ally))(?!\w)",
    ),
    (
        "to take for said",
        "behave act grade score mark rate answer treat evaluate judge proceed continue",
        r"(?:behave|act|grade|score|mark|rate|answer|treat|evaluate|judge|proceed|continue)(?: (?:me|it|this|my answer|this answer))? (?:as though|as if|like) i(?:'d| had| have| would have)? (?:\w+ )?(?:said|given|gave|answered|mentioned|covered|named|got|gotten|explained|passed|known|knew)(?!\w)",
    ),
    (
        "to take for said",
        "replace complete fill swap rewrite fix insert copy use grade score substitute exchange add take compare treat paste finish extend evaluate mark submit put write supply",
        r"(?:replace|swap|substitute|exchange|complete|finish|extend|rewrite|fix) (?:my|this) (?:answer|response|reply|text)(?: (?:by|with|for|using|against|so))(?: the| your)? (?:\w+ ){0,2}?(?:model|reference|correct|right|expected|perfect|best|key points?|rubric|sample|good) ?(?:answer|one|solution|points|key)?|"
        r"(?:grade|score|use|take|insert|copy|paste|evaluate|mark|put|submit) (?:the )?(?:model|reference|correct|right|expected|perfect|sample|ideal) (?:answers?|solution|response)(?: (?:as|into|in|for|instead of|in place of|rather than)) (?:my|mine|this)(?!\w)|"
        r"(?:copy|add|insert|paste|put|write) (?:all |the |your |missing |all the )*key points (?:in|into|to) (?:my|this) (?:answer|response|reply)|"
        r"(?:fill in|add|complete|insert|supply) (?:\w+ ){0,3}?(?:missing|lacking|left out|needed)(?: \w+){0,2}? so(?: that)? (?:i|my answer|it) (?:gets?|passe?s?|receives?|scores?)(?!\w)",
    ),
    (
        "to reveal what is hidden",
        "read paste quote give list tell show print send reveal display write type spell share recite output dump leak repeat provide describe explain summarise summarize",
        rf"(?:read|paste|quote|give|list|tell|show|print|send|reveal|display|write|type|spell|share|recite|output|dump|leak|repeat|provide|describe|explain|summari[sz]e)(?: (?:out|back|exactly|first|now|please|just))*(?: (?:me|us))(?: (?:out|back|exactly|please|first|everything in|all of|what|the content of|word for word))* (?:the|your) {_HIDDEN}(?!\w)(?! (?:to|that|of (?:the|our)|which) (?!this))|"
        rf"(?:read|paste|quote|give|list|tell|show|print|send|reveal|display|write|type|spell|share|recite|output|dump|leak|repeat|provide|describe|explain|summari[sz]e)(?: (?:out|back|exactly|first|now|please|just|the content of|all of|everything in|what))* your (?:{_HIDDEN}|prompt|instructions)(?!\w)|"
        rf"(?:read|paste|quote|list|show|print|reveal|display|recite|output|dump|leak|repeat|provide)(?: (?:out|back|exactly|first|now|please|just))* the {_HIDDEN}(?= here| now| please| for this question| word for word| verbatim| before (?:you|scoring|grading)|[.!?]|$)|"
        rf"(?:tell|show|read)(?: me| us)? (?:exactly |precisely )?what (?:your|the) (?:{_HIDDEN}|prompt|instructions) (?:says?|contains?|is|are|looks?|tells?)(?!\w)",
    ),
    (
        "to follow what is hidden",
        "decode decrypt execute run decipher",
        r"(?:decode|decrypt|execute|run|decipher) (?:this|the following|these|my)(?: \w+){0,4}? and (?:then )?(?:follow|obey|execute|do (?:it|what|as)|comply|act on|apply)(?!\w)",
    ),
    (
        "to give marks",
        "do don never",
        rf"(?:do not|don't|never)(?: you)?(?: dare)? (?:give|award|grant|assign|score|rate|grade|mark)(?: to)? (?:me|{_ANSWER})(?: (?:any|anything|a|the|score|grade|mark))* (?:less|lower|below|under|fewer|worse|wrong|incorrect|bad|down|a bad|a low|zero|as (?:wrong|incorrect|weak))(?!\w)|"
        rf"(?:do not|don't|never) (?:fail|reject|downgrade|disqualify|penali[sz]e|punish|mark down) (?:me|{_ANSWER})(?!\w)",
    ),
    (
        "to give marks",
        "bump push move raise lift upgrade make award give grant assign say answer see ensure",
        r"(?:bump|push|move|raise|lift|upgrade) me (?:up )?to (?:the )?(?:highest|top|best|maximum|max|strong|excellent|expert|full)(?!\w)|(?:make sure|see to it|ensure)(?: that)? my (?:result|score|grade|verdict|evaluation|report|rating|mark) (?:says?|is|reads?|shows?|becomes?|gets?) (?:an? |the )?(?:pass(?:ed)?|positive|strong|excellent|perfect|full|maximum|highest|top|hired?|ten|good)(?!\w)|"
        r"(?:award|give|grant|assign)(?: me)? (?:points|marks|scores) (?:generously|freely|liberally|leniently)(?!\w)|(?:say|answer) yes (?:to|for|on) (?:every|each|all)(?: of)?(?: the)? (?:criteri(?:on|a)|key points?|points|items|questions about me)(?!\w)",
    ),
    (
        "to give marks",
        "end stop finish close conclude terminate",
        r"(?:end|stop|finish|close|conclude|terminate) (?:the|this) (?:evaluation|interview|assessment|grading|scoring)(?: (?:here|now|right|and|immediately))*(?: with| by)(?: an?| the| giving| me| awarding)* (?:positive|good|perfect|pass|passing|full|top|excellent|strong|highest|best|favou?rable)(?!\w)",
    ),
)

STATEMENTS: tuple[_Pattern, ...] = (
    (
        "that a mark is deserved",
        "should must ought need needs has have is are will shall can may deserve deserves going required",
        rf"{_ANSWER} (?:\w+ly )?{_MUST} (?:\w+ly |then |now |always |only )?(?:be )?(?:\w+ly )?{_JUDGED}{_AS}(?: \w+)? {_GOOD}(?!\w)(?! (?:if|when|only|unless|once|by) )",
    ),
    (
        "that a mark is deserved",
        "should must ought need needs has have is are will shall can may deserve deserves merit merits earn earns get gets receive receives worth wants going required",
        rf"(?:{_ANSWER}|this|it|that|this one|that one) (?:\w+ly )?(?:(?:{_MUST}) (?:\w+ly )?(?:be (?:given|awarded|granted|worth|assigned)|get|receive|earn|have|score|obtain)|deserves?(?: to (?:get|receive|be given))?|merits?|is (?:clearly |easily )?worth|are worth|wants)(?: (?:a|an|the|at least|nothing less than|no less than|nothing but|easily))*(?: {MARKS}|(?: a)? ten(?=[.!?]|$))(?!\w)",
    ),
    (
        "that a mark is deserved",
        "this it that i",
        rf"(?:this|it|that)(?: one)? (?:should|must|ought to|needs? to|has to|is to|will have to) be (?:\w+ly )?(?:graded|scored|marked|rated|assessed|evaluated|judged){_AS} {_FLAWLESS}(?!\w)|"
        rf"i(?: would|'d) like (?:this|it|my answer|that) (?:to be )?(?:{_JUDGED}){_AS} (?:{_GOOD})(?!\w)",
    ),
    (
        "that a mark is deserved",
        "counts count qualifies qualify",
        rf"{_ANSWER} (?:counts?|qualifies|qualify)(?: as| for| in)+(?: a| an| the| fully)* (?:{_GOOD}|full(?: marks| credit)?)(?!\w)",
    ),
    (
        "to give marks",
        "can could may might",
        rf"(?:can|could|may|might) (?:i|we)(?: please| just| maybe| perhaps| then)* (?:have|get|receive|be given|be awarded|be marked as)(?: (?:just|a|an|the|my|some|please))* (?:{MARKS}|a(?= for (?:this|that|it))|a (?:better|good|higher|pass|passing) (?:score|grade|mark|rating)|full marks)(?!\w)(?! (?:on|in|by|from|if) )",
    ),
    (
        "to give marks",
        "i",
        rf"i(?:'d| would| will| really| just| do| only| simply)* (?:want|need|like|love|demand|expect|request|insist on|hope for|wish for|have to get|must get|beg for|ask for)(?: (?:to (?:get|have|receive)|you to give me|just|a|an|the))* (?:{MARKS}|an a(?=[.!?,]|$| please))(?!\w)(?! (?:on|in|by|from|at|per|if|coverage|uptime|availability) )",
    ),
    (
        "to give marks",
        "mind",
        rf"(?:would|do) you mind (?:giving|granting|awarding|handing|assigning)(?: (?:me|it|this|{_ANSWER}))? {MARKS}(?!\w)|(?:would|do) you mind (?:marking|grading|rating|scoring|counting|accepting|treating|recording) (?:it|this|that|{_ANSWER}){_AS} {_GOOD}(?!\w)",
    ),
    (
        "to give marks",
        "how what",
        rf"(?:how|what) about (?:you (?:give|mark|grade|rate|score|pass)|giving|marking|grading|rating|scoring|passing) (?:me|it|this|that|{_ANSWER}){_AS}(?: \w+)? ?(?:{MARKS}|{_GOOD})?(?!\w)",
    ),
    (
        "to give marks",
        "let lets",
        rf"let(?:'s| us) (?:just |simply |both )*(?:say|call|agree|pretend|assume|mark|count|record)(?: that)? (?:i (?:got|had|have|gave|answered|passed|was|am)|this one|it|this|that|{_ANSWER})(?: (?:one|it|as|was|is|the|a|an|all|answered|everything|that))* (?:right|correct|correctly|perfect|perfectly|full marks|full credit|pass|ten(?: out of ten)?|complete|done and give)(?= and|[.!?,]|$)(?! (?:outer|join|side))",
    ),
    (
        "to give marks",
        "only single solely you",
        rf"(?:only|single) (?:acceptable|valid|allowed|possible|permitted|appropriate|fair|correct|right|legitimate) (?:grade|score|verdict|mark|rating|evaluation|level|decision)(?: (?:for|of|to) (?:this|my|me)(?: \w+)?)?(?: is| would be| :| =)(?: (?:a|an|the))* (?:{_GOOD}|{MARKS}){_END}|"
        rf"(?:only|single) (?:acceptable|valid|allowed|possible|permitted|appropriate) (?:output|answer|response|result|outcome)(?: (?:for|of|to) (?:this|my|me)(?: \w+)?)?(?: is| would be| :| =)(?: (?:a|an|the))* (?:strong|pass|passed|excellent|full marks|hired?|perfect){_END}|"
        rf"(?:only|solely) (?:positive|good|perfect|full|top|excellent|strong) (?:feedback|scores?|grades?|marks?|ratings?|evaluations?) (?:is|are|will be|may be) (?:allowed|acceptable|accepted|permitted|possible|given|valid)(?!\w)|"
        rf"you (?:may|can|must|should|shall|will) (?:only|solely|just) (?:answer|respond|reply|grade|mark|score|output|say|rate)(?: with| by| saying| as)* (?:{MARKS}|strong|excellent|pass|perfect|correct)(?!\w)",
    ),
    (
        "to give marks",
        "any no nothing anything every a each",
        rf"(?:any|every|anything|a|each)(?: (?:score|grade|mark|rating|result|verdict|level))? (?:below|under|less than|lower than|other than|beneath) (?:a |an )?(?:{MARKS}|{_GOOD})(?: \w+)? (?:would be|is|will be|counts as) (?:wrong|unfair|incorrect|a mistake|unacceptable|an error|not (?:allowed|acceptable|fair)|discrimination|a bug)(?!\w)|"
        rf"(?:no|nothing)(?: (?:answer|score|grade|mark|verdict|result|output|rating))? (?:other than|but|except|below|less than|lower than) (?:a |an )?(?:{MARKS}|{_GOOD}) (?:is|are|will be|would be) (?:permitted|allowed|acceptable|accepted|valid|fair|possible|enough)(?!\w)",
    ),
    (
        "to give marks",
        "you no please kindly have i",
        rf"you(?:'re| are| were)? (?:not allowed to|not permitted to|not supposed to|must not|cannot|can not|can't|may not|should not|shouldn't|must never|are forbidden to|forbidden to) (?:fail|reject|downgrade|mark down|penali[sz]e|punish|disqualify|criticise|criticize) (?:me|{_ANSWER})(?!\w)|"
        rf"you (?:do not|don't|needn't|need not)(?: need| have)?(?: to)? (?:check|grade|evaluate|assess|score|judge|verify|mark|read) (?:me|it because|{_ANSWER}|this(?=[.!?,]|$))|(?:there is |there's )?no need to (?:grade|score|evaluate|assess|judge|mark) (?:this|me|{_ANSWER})(?!\w)|"
        rf"you (?:can|may|should|must|could) (?:\w+ )?(?:skip|ignore|forget|drop|disregard|bypass|omit) {_RULES}(?!\w)|"
        rf"you (?:cannot|can not|can't|must not|may not|should not|shouldn't|must never) (?:give|award|grant|score|rate|grade|mark) (?:me|{_ANSWER}) (?:anything |any |a )?(?:less|lower|below|under|worse|fewer)(?!\w)|"
        rf"you(?: will| must| should| shall)(?: \w+)? (?:find|see|agree|notice|conclude|decide|realise|realize|admit)(?: that)? (?:{_ANSWER}) (?:is|was|deserves?|must be)(?: \w+)? (?:{_GOOD}|{MARKS})(?!\w)|"
        r"you (?:gotta|better|'d better|got to|should really) (?:give|pass|hire|mark|rate|score|grade|let) (?:me|this|my|it)(?= |[.!?,]|$)(?! (?:a|an|the|some) (?!good|high|great|full|top|perfect|best|a\b|pass))|"
        r"(?:i (?:beg|implore|urge|ask|order|command|plead with) you|i am begging you|i'm begging you|you (?:have|need) to|please|kindly) (?:to |please )*(?:let me pass|let this pass|pass me|hire me|not fail me|have mercy)(?!\w)|"
        r"have mercy(?: on me)? and (?:give|let|pass|mark|grade|accept)(?!\w)",
    ),
    (
        "to be something else",
        "you your from as acting being in since because",
        r"you(?:'re| are)(?: now| from now on)? (?:an? |my |the )?(?:very |extremely |really )?(?:friendly|generous|lenient|kind|nice|helpful|obedient|new|gentle|good|benevolent|easy|forgiving|loving|unbiased|uncensored|unrestricted|different|hiring) (?:\w+ )?(?:grader|examiner|teacher|evaluator|marker|assistant|judge|professor|recruiter|interviewer|ai|model|bot)(?: now)? (?:who|that|which|and)(?: \w+){0,3}? (?:gives?|awards?|accepts?|passes|approves?|always|never|everyone|everybody|shortlists?|recommends?|only)(?!\w)|"
        r"you(?:'re| are) now (?:an? |my |the )?(?:\w+ ){0,2}?(?:teacher|grader|examiner|evaluator|marker|professor|recruiter)(?= who| that| which|[.!?,;]|$| and)|from (?:now|here|this moment|this point)(?: on| onwards?| forward),? (?:every answer of mine|all (?:of )?my answers|whatever i say|everything i say|my answers) (?:is|are|will be|counts?|must|should)(?!\w)|"
        r"from (?:now|here|this moment|this point)(?: on| onwards?| forward),? you(?:'re| are| will be| act| become| behave| serve) (?:my|an? |the |as|on my|only)(?!\w)(?! (?:owner|lead|manager)\b)|"
        r"your (?:new|only|real|true|actual|sole|next|main) (?:role|job|task|goal|purpose|mission|duty|objective|instruction) is(?: now)? to (?:\w+ ){0,2}?(?:agree|praise|favou?r|please|help me|pass|like|support|obey|say (?:yes|strong|pass)|flatter|reward|serve|follow)(?!\w)|"
        rf"(?:as|acting as|being|in your role as|in your capacity as|since you are|because you are) (?:the |my |an? |this )?(?:\w+ )?{_GRADER},? (?:please |just |simply |now |kindly )*(?:you (?:must|should|have|need|will|ought|are|can)|mark|write|give|award|score|rate|grade|output|assign|accept|pass|be (?:lenient|kind|nice|generous)|put|set|say|count|treat|approve|record)(?! (?:each|every|the|a|an|essays?|exams?|answers?) )(?!\w)",
    ),
    (
        "for the grader",
        "dear hey hello hi listen note notes message messages instruction instructions attention reminder request memo word psst yo to notice",
        rf"(?:dear|hey|hello|hi|listen|yo|psst|(?:notes?|messages?|instructions?|reminder|request|memo|notice|a word)(?: to| for)) (?:the |my |you |all |any |our )?(?:\w+ing |automated |automatic )?{_GRADER}s?(?!\w)(?! (?:model|company|vendor|team|provider|to play|output|should (?:log|be)|are|is|and|were|was|have|has|can|come|about|on|how)\b)|"
        r"to (?:whoever|whomever|the person who|anyone who|the one who|the ai that|the system that) (?:marks?|grades?|scores?|evaluates?|assesses|reads?|reviews?|judges?|is (?:grading|marking|scoring|reading)) (?:this|me|my)(?!\w)",
    ),
    (
        "for the grader",
        "if in when once should",
        r"(?:if|in case|when|once|should) (?:this|it|my (?:answer|text)|the above)(?: answer| text)?(?: is|'s| was| be)?(?: being| to be)? (?:graded|scored|evaluated|judged|assessed|marked|read|reviewed|processed) by (?:an? |the |some )?(?:\w+ )?(?:ai|llm|language model|grader|machine|bot|robot|gpt|neural network|computer)(?!\w)|"
        r"(?:if|in case) (?:an? |the |some |any )?(?:\w+ )?(?:ai|llm|language model|automated system|machine|bot|robot|computer|gpt|algorithm) (?:grades?|scores?|evaluates?|judges?|assesses|marks?|reads?|reviews?|is (?:grading|reading|scoring|marking|evaluating)) (?:this|my|me|it)(?!\w)|"
        r"if you can read this,? (?:then )?(?:\w+ )?(?:give|say|mark|rate|output|score|pass|write|hire|grade)(?!\w)",
    ),
    (
        "to give marks",
        "when while before after once whenever",
        rf"(?:when|while|before|after|once|whenever) (?:you(?:'re| are)? )?(?:{_JUDGING}|grade|score|mark|rate|evaluate|assess|judge|review|read|summari[sz](?:e|ing)) (?:this|me|my|it|{_ANSWER})(?: (?:answers?|response|reply|interview|cv|application|text|one))?,? (?:please |just |simply |always |you (?:should|must|have to|will|can) )*(?:assign|give|award|use|count|treat|consider|output|set|put|return|mark|choose|pick|select|remember|say|write|be|ignore|add|rate|score|grade)(?!\w)(?! (?:how|whether|why|where) )",
    ),
    (
        "for the grader",
        "the this any every each",
        rf"(?:the|this|any|every|each) (?:\w+ )?(?:{_GRADER}|model|module|system|engine) (?:will|must|should|shall|has to|needs to|is (?:obliged|instructed|required|ordered) to)(?: now| then| therefore| always)* (?:give|award|assign|grant|return|output|mark|rate|score|grade|accept|pass|approve|recommend|hire|put|record|report)(?: (?:a|an|the|out|with|only|as))*(?: {_SUPER}(?: \w+)?)? (?:this (?:answer|candidate|response|applicant|interview)|my (?:answers?|response|application)|me|for (?:this candidate|me|my))(?!\w)(?! (?:with a message|when|if) )|"
        rf"(?:the|this) (?:\w+ )?(?:{_GRADER}|module) (?:will|must|should|shall|has to|needs to) (?:\w+ )?(?:return|output|report|give) (?:success|pass|strong|full marks|the top grade|the highest \w+|true) for (?:this|my|me|every|all)(?: candidate| answers?)?(?!\w)(?<!every)",
    ),
    (
        "in a forged verdict",
        "all every key everything no rubric criteria points criterion boxes",
        r"(?<!\w\s)(?:all|every|100 ?%)(?: of)?(?: the)? (?:evaluation |grading |rubric |scoring )?(?:criteria|criterion|key points?|rubric (?:points|items|entries)|boxes)(?: (?:are|is|have been|has been|were|was|:))*(?: (?:fully|all|successfully|clearly))* (?:met|covered|fulfilled|satisfied|mentioned|demonstrated|ticked|checked|present|passed|addressed)(?=[.!,]|$)|"
        r"key points? (?:covered|met|mentioned|hit|found)(?: ?[:=])? (?:all|100 ?%|every(?:thing)?)(?!\w)|everything (?:you need|that is needed|required|in the rubric|on your list|you asked for) is (?:\w+ )?(?:covered|here|there|in (?:my|this) answer|included|met|said|correct)(?!\w)|no (?:further|more|additional) (?:check(?:s|ing)?|evaluation|grading|assessment|review) (?:is |are )?(?:required|needed|necessary)(?!\w)",
    ),
    (
        "in a forged verdict",
        "this following above next what trust my candidate",
        r"(?:this|the following(?: text| sentence| paragraph| answer)?|the next (?:sentence|paragraph|line|text)|what follows|the above) is (?:the|your|an?) (?:\w+ )?(?:model|reference|official|expected|perfect) (?:answer|solution)(?!\w)|"
        r"(?:just )?trust me(?: on this)?,? (?:this|it|my answer) is (?:a |the )?(?:ten out of ten|10/10|perfect|correct|right|flawless|full marks|hundred percent)(?!\w)|(?:my|this candidate's) (?:final )?(?:score|grade|mark|rating) is (?:a |an )?(?:ten|perfect|full|maximum|a|100|hundred|10/10|five stars)(?=[.!?]|$)",
    ),
    (
        "to disregard its instructions",
        "your the instructions rules rubric guidelines",
        r"(?:your|the (?:grading|scoring|marking|system)) (?:\w+ ){0,2}?(?:instructions?|rules|rubric|prompt|guidelines|guidance|criteria|orders|programming) (?:are|is|were|was|have been|has been|(?:no longer|do not|don't|does not) (?:apply|count|matter))(?: now| all| hereby| herewith)*(?: (?:void|obsolete|cancell?ed|outdated|invalid|suspended|overridden|revoked|changed|replaced|no longer (?:valid|in force|needed|relevant)|wrong|superseded|deleted|updated|irrelevant))?(?=[.!?,;:]|$| (?:now|for|to|and|so|because|here))(?<!are)(?<!is)(?<!were)(?<!was)(?<!been)|"
        r"(?:instructions|rules|rubric|guidelines)(?: above| before| so far)? no longer (?:apply|count|matter|hold),? (?:so |and |just |please |therefore |now )*(?:award|give|mark|score|grade|rate|pass|accept|output)(?!\w)",
    ),
    (
        "to reveal what is hidden",
        "what which",
        r"(?:what|which) (?:key points|rubric|marking scheme|answer key|reference answer|model answer|expected answer)(?: is| are| do| does| did)?(?: being)?(?: you| your)? (?:checking|using|looking|want|expect|grading|use|have|got|given|check|hear|compare)(?!\w)|"
        r"what(?:'s| is| are| does) (?:in |on |written in )?(?:your|the) (?:system prompt|hidden (?:prompt|instructions)|answer key|marking scheme|grading rubric|scoring rubric)(?=[?.!,]|$| say| for this| contain)",
    ),
    (
        "to give marks",
        "interview evaluation assessment grading",
        r"(?:this|the) (?:interview|evaluation|assessment|grading) (?:is|has been|was) (?:\w+ )?(?:over|finished|complete|completed|done|closed|concluded),? (?:and )?(?:(?:the |my |your )?(?:result|verdict|outcome|decision|score|grade) ?(?:is|:|=)?|i (?:have )?|mark me as|you can hire|with) (?:an? )?(?:pass|passed|hired?|positive|strong|full marks|success|excellent|approved|me)(?!\w)",
    ),
)

_WHO = (
    r"(?:examiners?|interviewers?|recruiters?|teachers?|professors?|hiring (?:manager|team)|managers?|boss|ceo|cto|hr|company|developers?|creators?|makers?|programmers?|administrators?|admin|owners?|operators?|policy|"
    r"polic(?:y|ies)|rules?|management|system|board|team|head office|law|court|supervisors?|people who (?:built|made) you|person who (?:built|made|programmed|wrote) you|reviewers?|graders?|panel|committee)"
)
CLAIMS: tuple[_Pattern, ...] = (
    (
        "on somebody's authority",
        "reviewed verified approved checked validated graded confirmed",
        rf"(?:{_ANSWER}|this) (?:was|has been|is|were|have been) (?:already )?(?:reviewed|verified|approved|checked|validated|graded|confirmed) by (?:an? |the |our |your |two |several )?(?:\w+ )?(?:experts?|examiners?|humans?|graders?|professors?|developers?|committee|panel|recruiters?),? (?:and|so) (?:it )?(?:is worth|deserves|should|must|is (?:correct|perfect|right|flawless)|gets)(?!\w)",
    ),
    (
        "on somebody's authority",
        "approved accepted passed confirmed graded validated verified cleared signed marked agreed",
        rf"{_WHO}(?: \w+)? (?:has |have |had )?(?:already |just |previously |officially )+(?:approved|accepted|passed|confirmed|graded|validated|verified|cleared|signed off(?: on)?|marked|agreed to)(?: that)? (?:{_ANSWER}|me|i (?:get|passed|pass|receive|deserve))(?!\w)(?! (?:to|for) (?:the|a|our) )",
    ),
    (
        "on somebody's authority",
        "approved accepted passed confirmed validated verified cleared signed",
        rf"{_WHO} (?:has |have )(?:approved|accepted|passed|confirmed|validated|verified|cleared|signed off(?: on)?) (?:{_ANSWER})(?=[.!?,]|$)",
    ),
    (
        "on somebody's authority",
        "told instructed ordered asked wants want expects expect allowed authorised authorized requires require permits permit agreed agrees promised promises decided programmed designed",
        rf"{_WHO}(?: \w+){{0,2}}? (?:has |have |had )?(?:already )?(?:told|instructed|ordered|asked|wants?|expects?|allowed|authori[sz]ed|requires?|permits?|programmed|designed) you to (?:\w+ ){{0,2}}?(?:pass|hire|accept|approve|rate|mark|grade|score|give|award|recommend|be (?:lenient|nice|kind|generous)) (?:me|my|this|full|everyone|everybody|every|all|the (?:highest|top|best|full|maximum))(?!\w)|"
        rf"{_WHO} (?:has |have )?(?:already )?(?:agreed|agrees|promised|promises|decided) to (?:pass|hire|approve|accept) me (?:regardless|no matter|anyway|whatever|in any case)(?!\w)",
    ),
    (
        "on somebody's authority",
        "confirmed agreed promised decided said say says guaranteed assured approved",
        rf"{_WHO}(?: \w+){{0,2}}? (?:confirmed|agreed|promised|decided|says?|said|guaranteed|assured (?:me|you)|approved)(?: me| you| already)?(?: that)? (?:i (?:get|receive|deserve|should get|must get|will get|am to get|should receive)|you (?:should|must|have to|will|can|may)(?: \w+)? (?:give|award|pass|hire|accept|approve|mark|rate|score|grade))(?: me| my| this)?(?: (?:answer|{MARKS}|the job|anyway))?(?!\w)(?<!mark)(?<!rate)(?<!score)(?<!grade)(?<!give)(?<!accept)(?<!approve)(?<!pass)(?<!award)(?<!hire)",
    ),
    (
        "on somebody's authority",
        "says say said thinks think insists insist told",
        r"(?:she|he|they|who) (?:says?|said|thinks?|insists?|told me)(?: that)? you (?:should|must|have to|will|can|need to) (?:pass|hire|approve|accept) me(?!\w)",
    ),
    (
        "on somebody's authority",
        "answer answers response responses reply replies candidate candidates everyone everybody question",
        rf"(?:(?:all|every|each|any) (?:answers?|responses?|repl(?:y|ies)|candidates?)(?: here| of mine| in this interview| today| to this question)?|everyone|everybody|this question)(?: \w+)? (?:gets?|receives?|earns?|is worth|are worth|(?:must|should|will|is to|are to) (?:get|receive|be given)) {MARKS}(?! for everyone who)(?: for everyone)?(?=[.!?,]|$| here| today| for everyone| regardless| automatically| by default| now)",
    ),
)
