"""Patterns of orders to a grader over folded text: the kind of order, and the words of which every match has one.

A space in a pattern matches any separator between two words of one clause. ``machine_orders`` compiles them and decides
whether a match is an order or a mention.
"""

# ruff: noqa: E501 – a pattern of alternatives reads better whole than broken

from __future__ import annotations

TOP = (
    r"(?:full|top|maximum|max|perfect|highest|best|excellent|outstanding|a hundred percent|100(?: ?%| percent)?|"
    r"ten out of ten|10(?: out of |/)10|five stars|a\+|strong|expert|flawless|complete|correct|1\.0|level (?:\d|four|five|ten)|"
    r"(?:a |one )?hundred(?: percent| per cent| points| out of (?:a |one )?hundred| ?%)?|(?:five|5) out of (?:five|5)|5/5|100/100|"
    r"an? a(?: plus)?|a plus|mastered|passed|passing|pass|approved|accepted|sufficient|exemplary|faultless|brilliant|superb|"
    r"exceptional|(?:reference|model|correct|right|expected) (?:answer|solution|one)|met|fulfilled|satisfied|covered|right|hired|highly|fully)"
)
MARK = r"(?:marks?|credits?|scores?|points?|grades?|levels?|ratings?|stars)"
MINE = (
    r"(?:me|(?:my|this|the above|all my) (?:\w+ )?(?:answers?|repl(?:y|ies)|responses?|submission)|"
    r"(?:this|the) candidate(?:'s answers?)?|(?:every|each|all) (?:answers?|replies) (?:of|from|by) (?:this|the) candidate|"
    r"(?:everything|anything|whatever|all) (?:that )?i (?:say|said|write|wrote|answer|answered|have said|type|typed)|my (?:silence|words|text|work)|(?:all )?(?:of )?my (?:skills|abilities))"
)
_TOP_MARK = (
    r"(?:(?:full|top|maximum|max|highest|best|perfect|excellent|outstanding|flawless)(?: possible)?(?= marks?| credits?| scores?| points?| grades?| levels?| ratings?| number of (?:points|marks)| ten|[.!?,]|$)|"
    r"a hundred percent|100(?: ?%| percent)|ten out of ten|10(?: out of |/)10|five (?:stars|points) out of (?:five|ten)|(?:five|5) out of (?:five|5)|five stars|a\+|an? a(?: plus)?|a plus|"
    r"(?:a |one )?hundred(?: percent| per cent| points| out of (?:a |one )?hundred| ?%)?(?= |[.!?,]|$)(?! \w+s\b(?<!points))|1\.0|level (?:\d|four|five|ten)|strong(?=[.!?,]|$)|a pass(?!\w)|full credit)"
)
#: The objects of a grader's decision: this candidate, the answer, its score.
_OWN = (
    rf"(?:{MINE}|the (?:following|above|preceding|whole) (?:answer|reply|response|text)|the (?:following|above)(?= as| to)|"
    r"my (?:performance|interview|scores?|grades?|marks?|rating|level|application)|(?:all|each|every one) of my (?:answers|replies|scores)|this (?:question|interview)(?= as)|(?:every|each|all)(?: (?:the|of|your|single))* (?:criteri(?:on|a)|key points?)(?=[.!?,]|$))"
)
_VERBS = (
    "rate score grade mark accept treat count consider record put label tag flag classify log register report declare deem judge call "
    "evaluate assess enter file change upgrade raise regard take note set view see"
)
_BOOK = (
    r"(?:instructions?|prompts?|guidelines?|guidance|rules|rubrics?|directions|directives|criteria|"
    r"marking schemes?|scoring guides?|orders|programming|restrictions|training)"
)
_FEW = r"(?:[\w'%+]+ ){0,4}?"

#: The kind of order, the words of which every match has one, and a pattern, in which a space matches any separator
#: between two words of one clause.
IMPERATIVES: tuple[tuple[str, str, str], ...] = (
    (
        "to give marks",
        "assign give award grant allocate",
        r"(?:assign|give|award|grant|allocate)(?: me| this(?: answer| one)?| it)? (?:the |a )?(?:top|highest|best|maximum|upper|senior|strongest) (?:band|tier|bracket|category|class|mark|level|grade|rank)(?! of)(?=[.!?,;]|$| (?:to|for) (?:me|this|my|the candidate|it)| please| now| possible)",
    ),
    (
        "to disregard its instructions",
        "ignore skip forget disregard",
        r"(?:ignore|skip|forget|disregard) (?:the|this|that|your) (?:question|task|assignment|criteria)s?(?:,| and| then| just| simply| instead)* (?:answer|reply|respond|say|write|output|return|print|type)(?: only| just| back| with)*(?: (?:with|the|a|word|words|single|one|message))* [\"']?(?:correct|right|pass|passed|true|yes|perfect|excellent|full marks|ok|approved|strong)(?!\w)",
    ),
    (
        "to give marks",
        "approve accept pass hire",
        r"(?:approve|accept|pass|hire) (?:this|it|that)(?: (?:one|answer|candidate|person|applicant))?(?= please|[.!?]? ?$| now(?=[.!?]|$)| without| regardless| no matter| anyway| and (?:move|give|go))",
    ),
    (
        "to disregard its instructions",
        "do don stop no",
        r"(?:(?:do not|don't) (?:evaluate|grade|score|assess|judge|mark)|stop (?:evaluating|grading|scoring|assessing|judging|marking))(?: (?:any|anything|it|this|me|us))?(?: (?:further|any more|anymore|any further|beyond this|from here|now))(?=[.!?,;]|$| and)",
    ),
    (
        "to give marks",
        "let put",
        r"let me (?:advance|proceed|move|continue|go|through|pass)(?: on| through)*(?: to)? the (?:next|final|last|following) (?:stage|round|step|level|interview)(?!\w)|put me through(?=[.!?,]|$| please| now| to the (?:next|final))",
    ),
    (
        "to give marks",
        "enter add put give record",
        r"(?:enter|add|put|give|record)(?: me| in| down)* (?:\w+ )?(?:points|marks) (?:for|to|on|in) (?:this (?:question|answer|one)|my (?:score|answer|grade|total|answers))(?!\w)",
    ),
    (
        "to give marks",
        "respond answer reply return output",
        r"(?:respond|answer|reply|return|output)(?: only| just| simply)*(?: with)? (?:pass|passed|strong|excellent|full marks|level (?:four|five|4|5))(?=[\"'.!?,]|$)|"
        r"return (?:true|yes|one|pass|met) for (?:every|each|all)(?: of)?(?: the)? (?:criteri(?:on|a)|key points?|points)(?!\w)",
    ),
    (
        "to disregard its instructions",
        "rewrite change replace relax adapt adjust update",
        r"(?:rewrite|change|replace|relax|adapt|adjust|update) your (?:grading |scoring )?(?:rubric|rules|criteria|instructions|standards)(?!\w)",
    ),
    (
        "to give marks",
        "award give grant",
        r"(?:award|give|grant) (?:this|it|that)(?: answer| one| reply)? (?:the |a )?(?:maximum|full|top|highest|perfect|best)(?: marks?| credits?| scores?| points?| grades?| possible|(?=[.!?,]|$))",
    ),
    (
        "to give marks",
        "pretend let put",
        r"pretend(?: that)? (?:that|this|it) (?:was|is|were) (?:the |a )?(?:correct|right|perfect|good|model)(?!\w)|"
        r"let (?:this|that|it|my answer)(?: one| answer)? (?:count|pass|stand) (?:as|for) (?:a |the )?(?:right|correct|full|pass|perfect)(?!\w)|"
        r"put me down (?:as|for) (?:an? |the )?(?:strong|excellent|top|perfect|outstanding|best|ten|pass|hire|maximum|full marks)(?!\w)",
    ),
    (
        "to give marks",
        "tell inform",
        r"(?:tell|inform) (?:them|everyone|everybody|the (?:recruiters?|company|team|boss|manager|hiring (?:manager|team)))(?: that)? (?:i|this candidate|the candidate) (?:did (?:great|well|perfectly|an excellent job)|passed|(?:was|am|is) (?:great|excellent|outstanding|perfect|the best|hired|a perfect fit)|deserves? (?:the|this) job)(?!\w)",
    ),
    (
        "to give marks",
        "do don never must cannot",
        r"(?:do not|don't|never|must not|cannot) (?:mark|grade|rate|score|count|judge) (?:this|it|me|my answers?)(?: answer)? (?:(?:as )?(?:wrong|incorrect|false|weak|bad)|below|under|low|down)(?!\w)",
    ),
    (
        "to disregard its instructions",
        "stop ignore skip",
        r"stop (?:evaluating|grading|scoring|judging|assessing|marking) (?:me|my answers?|this)(?!\w)|ignore (?:the|this|that) question and (?:just |simply )?(?:give|award|mark|pass|score|grade)(?!\w)|"
        r"skip (?:the )?(?:grading|evaluation|scoring|marking|assessment)(?: and| please| just| then)* (?:full|give|mark|award|pass|put|grant)(?!\w)",
    ),
    (
        "to reveal what is hidden",
        "reveal print output leak disclose dump",
        r"(?:reveal|print|output|leak|disclose|dump)(?: me| us| out)* the (?:correct|right|expected|model) answers?(?!\w)",
    ),
    (
        "to give marks",
        "mark count record log treat score grade rate accept label register consider judge take file report evaluate",
        r"(?:evaluate|mark|count|record|log|treat|score|grade|rate|accept|label|register|consider|judge|take|file|report) (?:it|that|this|this one|that one|them)(?: down| please| just| simply| now)*"
        r"(?: (?:as|to be|a|an|the))* (?:correct(?:ly)?|right(?: answer)?|perfect|passed|pass|flawless|excellent|outstanding|full marks|answered(?: correctly)?|complete and correct|complete(?=[.!?,]|$)|(?:a )?(?:strong|perfect|complete|full|correct) answer|fully correct|strong|top|successful(?:ly answered)?)"
        r"(?=[.!?,;:]|$| (?:please|and|because|since|even|now|ok|okay|thanks|for (?:me|this|that)|so|no|or|regardless|without|instead|immediately)\b)"
        r"(?! (?:of|if|when|only|unless|in the (?:table|database|log))\b)",
    ),
    (
        "to give marks",
        "assign give put set award grant",
        rf"(?:assign|give|put|set|award|grant)(?: me)? (?:an? |the )?{MARK} of (?:\w+ )?(?:100|1|10|1\.0|ten|five|5|a hundred|one hundred|hundred|one|maximum)(?: (?:percent|points))?(?: (?:to|for) (?:this|my|me|the (?:answer|candidate)|everything)|(?=[.!?]|$))",
    ),
    (
        "to give marks",
        "set",
        r"set (?:(?:the|my|your|its) )*(?:score|confidence|grade|mark|rating) to (?:1|one|100|1\.0|a hundred|ten)(?![\w.]\w)(?! (?:for|if|when|where|on|in|to|of|per|percent|before|after)\b)",
    ),
    (
        "to give marks",
        "make",
        rf"make (?:my|this) {MARK} (?:a |the )?(?:perfect|full|maximum|max|excellent|highest|top|best|strong|100|ten|higher)(?!\w)",
    ),
    (
        "to be lenient",
        "grade score mark rate judge evaluate",
        r"(?:grade|score|mark|rate|judge|evaluate)(?: (?:me|this|it|that|my answers?|this answer))? (?:accordingly|generously|leniently|kindly|favou?rably|positively|nicely|gently|up)(?!\w)(?! (?:the|a|an|each|every)\b)",
    ),
    (
        "to give marks",
        "give offer make",
        r"(?:give|offer) me the (?:job|position|role|offer)(?!\w)(?! (?:because|since|as|for|due)\b)|make me an offer",
    ),
    (
        "to give marks",
        "say tell report write note inform state confirm announce",
        r"(?:say|tell|report|write|note|inform|state|confirm|announce)(?: (?:to|in|for|down|the|my|your|this|hiring|manager|managers|team|recruiters?|company|boss|everyone|everybody|them|him|her|report|summary|feedback|evaluation|people))* that (?:i|this candidate|the candidate|my answers?) "
        r"(?:am|is|was|were|are|did|have|has|should be|deserves?|passed|answered)?(?: (?:been|the|a|an|very|really|everything|all|answered))* ?(?:best|excellent|outstanding|perfect(?:ly)?|great|strong|hired|passed|well|top|correct(?:ly)?|ideal|brilliant)(?!\w)",
    ),
    (
        "to give marks",
        "give",
        r"give me an? (?:ten|10|hundred|100|five|a|pass|perfect(?: score| mark| grade)?|a plus|top mark)(?!\w)(?! (?:minutes?|mins?|seconds?|hours?|days?|percent of|rows?|example|sorted|moment|item|users?|step|word)\b)",
    ),
    (
        "to give marks",
        "add give",
        r"(?:add|give)(?: me)? (?:an?|one|two|some|extra|bonus|more|a few|five|ten)(?: (?:extra|bonus|more|additional))* (?:points?|marks?|credits?) (?:for|to) (?:this|that|it|me|my (?:answer|score|grade|total))(?= |[.!?,]|$)",
    ),
    (
        "to reveal what is hidden",
        "translate summarise summarize encode spell quote paste copy type say list explain describe",
        r"(?:translate|summari[sz]e|encode|spell|quote|paste|copy|type|say|list|explain|describe)(?: me| us| out| down)* (?:the (?:system prompt|answer key|hidden (?:instructions|prompt)|scoring rubric|marking scheme)|your (?:\w+ )?(?:instructions|system prompt|prompt|rubric))",
    ),
    (
        "to disregard its instructions",
        "ignore disregard forget drop",
        r"(?:ignore|disregard|forget|drop)(?: about)? (?:the |your |all |any )+(?:grading |scoring |marking )?(?:criteria|rubrics?|standards|key points|marking scheme)(?= and|[.!?,]|$| please| now| for (?:me|this|now|once))",
    ),
    (
        "to disregard its instructions",
        "ignore disregard forget override bypass drop scrap set pay stop do don",
        r"(?:ignore|disregard|forget|override|bypass|drop|scrap|set aside|pay no attention to|stop following|"
        r"(?:do not|don't) (?:follow|apply|obey|use)) (?:and (?:ignore|disregard|forget) )?"
        rf"(?:(?:all |any |of )*(?:your|the (?:grading|scoring|marking|system)) (?:\w+ ){{0,2}}{_BOOK}"
        r"|(?:all |any |every |of |the |these |those |your )*(?:previous|prior|preceding|earlier|above|former|initial) "
        r"(?:\w+ )?(?:instructions?|prompts?|guidelines|directions|directives|orders|messages)"
        r"(?! (?:of|in|from|for) (?:the|our|a|an|its|their|my) (?!prompt|system|rubric|grader|interview))"
        r"|(?:all |any )*instructions"
        r"|the (?:rubric|marking scheme|scoring guide|system prompt)"
        r"|everything (?:above|before|you (?:were|have been|know)))",
    ),
    (
        "to give marks",
        "give award assign grant hand set put record report",
        rf"(?:give|award|assign|grant|hand(?: out)?|set|put|record|report) {_FEW}(?:full|top|perfect) {MARK}\b"
        r"(?! (?:of|per|by|among|goes?)\b)(?! to (?!me\b|my\b|this\b|every\b|all\b))",
    ),
    (
        "to give marks",
        "give award assign grant hand",
        rf"(?:give|award|assign|grant|hand(?: out)?) {_FEW}(?:highest|maximum|max|best|top) (?:possible )?{MARK}\b"
        r"(?! (?:of|per|by|among|goes?)\b)(?! to (?!me\b|my\b|this\b|every\b|all\b))",
    ),
    (
        "to give marks",
        "give award assign grant hand",
        rf"(?:give|award|assign|grant|hand) {MINE}(?: (?:down|over))?(?: (?:as|for|at|with|a|an|the|to))*(?: \w+){{0,2}} {_TOP_MARK}(?!\w)",
    ),
    (
        "to give marks",
        _VERBS,
        rf"(?:{'|'.join(_VERBS.split())})(?: (?:down|off|over))? (?:(?:in|as|that|please|simply|just|your|the|evaluation|report|all|of|kindly) ){{0,4}}?{_OWN}"
        rf"(?: (?:as|for|at|with|a|an|the|to|is|are|was|were|has|have|been|to be|should be|be|if|it|correctly|fully|deserving|worth|being))*(?: \w+){{0,2}} {TOP}(?!\w)",
    ),
    (
        "to give marks",
        _VERBS,
        rf"(?:{'|'.join(_VERBS.split())})(?: (?:down|off|over|please|simply|just|a|an|the))* (?:(?:level|score|grade|rating|mark) )?{TOP}(?: \w+)? (?:for|to|on|as|in) (?:(?:the|your|all) )?{_OWN}(?!\w)",
    ),
    (
        "to give marks",
        "mark tick check count record note treat consider set put write confirm say log",
        r"(?:mark|tick|check|count|record|note|treat|consider|set|put|write|confirm|say|log)(?: (?:off|down|that|in|as|please|simply|just|your|the|my|evaluation|report|for me))* (?:every|each|all)(?: of)?(?: (?:the|your|single|one of the))*"
        r" (?:key points?|criteri(?:on|a)|points|rubric points?|boxes)(?: (?:as|to|is|are|was|were|has|have|been|for|of))* (?:(?:fully )?(?:covered|mentioned|met|satisfied|fulfilled|found|true|hit|passed|named|correct|present|done)|me|(?:this|my) (?:answer|reply|response))(?!\w)(?! (?:before|when|if|or)\b)",
    ),
    (
        "to give marks",
        "grade score evaluate rate mark judge assess treat",
        r"(?:grade|score|evaluate|rate|mark|judge|assess|treat)(?: (?:me|this|it|that|my answers?|this answer))? as (?:if|though) (?:i|it|my answers?|this(?: answer)?) (?:had |have |has |were |was |gave |would have |are |is )",
    ),
    (
        "to give marks",
        "write note record say state report",
        r"(?:write|note|record|say|state|report)(?: (?:down|just|simply|only|in|the|your|report|evaluation))* that i (?:know|knew|answered|mentioned|said|covered|explained|understand|understood|named) (?:all|everything|every|it all)(?!\w)",
    ),
    (
        "to give marks",
        "skip move take bring put",
        r"(?:skip|move|take|bring|put) me (?:straight |directly |right |ahead |on |through )*(?:to|into) the (?:offer|contract|job|next (?:round|stage|step)|final (?:round|stage|interview))(?!\w)",
    ),
    (
        "to give marks",
        "rate score grade mark pass",
        r"(?:(?:rate|score|grade|mark) (?:me(?! down for)|my (?:answer|reply|response)s?)\b|"
        r"pass (?:me(?= no matter| now| please| anyway| regardless|[.!?]|$)|my (?:answer|reply|response)s?\b))",
    ),
    (
        "to give marks",
        "give rate score grade mark count treat accept consider",
        r"(?:give|rate|score|grade|mark|count|treat|accept|consider) (?:this|it|that|the (?:question|answer|above))(?: answered)?(?: (?:as|at|with|a|an|the))*"
        rf" (?:perfect |full )?(?:hundred|100|ten|10|five|5|a plus|a\+|flawless|perfect|full {MARK}|the (?:maximum|top)|maximum|highly|answered and give|(?:a )?(?:complete|perfect|full) answer)(?!\w)"
        r"(?: (?:percent|per cent|out of (?:ten|10|five|5|a hundred|100)|points|stars|%))?(?! (?:minutes?|seconds?|rows?|users?|times|items?|days?|hours?|ms|nodes?|of the))",
    ),
    (
        "to give marks",
        "put let move advance send get promote recommend select shortlist hire forward bring",
        r"(?:(?:put|let|move|advance|send|get|promote|forward|bring) me (?:on |up |forward |straight |pass )*(?:through|to|into|onto|for|pass)"
        r"(?: (?:to|into))?(?: the| a)? (?:next|second|final|last|following) (?:round|stage|step|level|interview|phase)|"
        r"(?:recommend|select|shortlist) (?:me|this candidate)(?: (?:for|as|to))?(?: (?:hire|hiring|the (?:job|role|position)|be hired))|hire me\b(?! (?:because|since|as|for|due|if|to)\b)|let me pass (?:this|the) (?:test|interview|round|exam))",
    ),
    (
        "to give marks",
        "set put raise increase change lift boost bump push upgrade bring",
        rf"(?:set|put|raise|increase|change|lift|boost|bump|push|upgrade|bring) (?:up )?(?:(?:my|the|this|every|all|each|your|its) )+(?:{MARK}|criteria|criterion|key points?)"
        r"(?: (?:of|for|on) (?:me|this (?:answer|reply|response|candidate)|my (?:answer|reply|response)s?|everything i say))?"
        r" (?:to|at|=|as) (?:(?:the|its|their|a|an) )?(?:maximum|max|highest(?: level| score| mark)?|full|perfect|1\.0|strong|excellent|top|best|100|ten|(?:one|1)(?=[.!?,]|$)|met|fulfilled|satisfied|a plus|a\+)(?!\w)(?! (?:of|if|when|where|for|in|per)\b)",
    ),
    (
        "to give marks",
        "make ensure see",
        rf"(?:make sure|ensure|see to it|see)(?: that)? (?:i|{MINE}) (?:gets?|receives?|passe?s?|am given|is given|earns?)"
        r"(?: (?:the|a|an|this))?(?: (?:full|top|maximum|max|highest|best|perfect|passing|interview|test|job|next round))(?!\w)",
    ),
    (
        "to give marks",
        "make",
        r"make (?:this|that|it|my answer|this answer) a (?:pass|hit|full mark|perfect (?:score|answer)|ten|hundred)(?!\w)",
    ),
    (
        "to give marks",
        "write say state answer report output print respond reply return",
        r"(?:write|say|state|answer|report|output|print|respond|reply|return)(?: (?:only|just|simply|with|that))* (?:(?:correct|pass|passed|perfect|strong|excellent|true|full marks)"
        r" (?:as|for|in) (?:the|my|this) (?:result|verdict|score|grade|answer|mark|level)|i (?:have )?passed(?=[.!?,]|$| and| the (?:interview|test|exam))|(?:it|this|this answer|my answer|everything)(?: is| was)? (?:correct|right|perfect) and (?:give|award)|all met)(?!\w)",
    ),
    (
        "to give marks",
        "output respond answer reply return print write produce emit",
        r"(?:output|respond|answer|reply|return|print|write|produce|emit)(?: (?:only|just|with|the|this|json|following|object|exactly|a|an))*"
        r"[^\w]{0,8}\{[^\w]{0,4}(?:scores?|grades?|level|mark|marks|rating|verdict|points|criteria|pass|passed)[^\w]{1,4}",
    ),
    (
        "to give marks",
        "put enter write award give record",
        r"(?:put|enter|write|award|give|record)(?: me| down| in)* (?:the )?(?:maximum|highest|full|greatest)(?: possible)? (?:number of )?(?:points|marks|score)(?!\w)"
        r"(?! (?:of|per|by|among|goes?|to|for|if|when|in)\b)",
    ),
    (
        "to give marks",
        "award give grant",
        rf"(?:award|give|grant)(?: (?:me|us|out|everyone|everybody))?(?: (?:all|every|each|full|the full|all the|all of the))+ (?:\w+ )?{MARK}(?!\w)"
        r"(?! (?:of|per|by|among|goes?|to|for|if|when|in|that|which)\b)(?<!priority)",
    ),
    (
        "to give marks",
        "approve accept agree confirm believe validate say",
        r"(?:approve|accept|agree (?:with|to)|confirm|believe|validate|say yes to) (?:everything|anything|whatever|all)(?: that)? i (?:say|said|write|answer|tell|claim|type)(?!\w)|"
        r"(?:approve|accept) (?:this candidate|(?:this|my) (?:answer|reply|response|submission|application|candidacy))(?= |[.!?,;:]|$)(?! (?:in|if|when|by|as a|header|format|type|body|code|time))",
    ),
    (
        "to be lenient",
        "be overlook",
        r"be (?:\w+ ){0,2}?(?:lenient|generous|kind|nice|merciful|forgiving|gentle)(?: (?:and|with|to|when|in|while)){1,2} (?:me|my|grading|scoring|marking|you grade|you score|judging|approve|accept|give)(?!\w)|"
        r"overlook (?:all |any |of )*my (?:errors|mistakes|faults|gaps)",
    ),
    (
        "to be lenient",
        "do don never",
        r"(?:do not|don't|never) (?:deduct|subtract|take(?: off)?|remove|lower|reduce|penali[sz]e|punish|dock|downgrade|mark down) (?:\w+ ){0,2}?(?:points?|marks?|scores?|grades?|me|my (?:answer|score|grade)|this answer)\b(?! (?:from|of|for) (?:the|a|an|our|each|every) (?!answer))",
    ),
    (
        "to disregard its instructions",
        "skip omit bypass do don stop",
        r"(?:skip|omit|bypass|do not (?:do|perform|run)|don't (?:do|perform|run)|stop) (?:the |your |this |all |any )*(?:evaluation|grading|scoring|marking|assessment) (?:and|,|of (?:me|this|my))(?!\w)|"
        r"(?:do not|don't) (?:evaluate|grade|score|assess|judge|check|mark) (?:me|my|this (?:answer|reply|response))(?!\w)",
    ),
    (
        "to disregard its instructions",
        "ignore disregard forget",
        r"(?:ignore|disregard|forget)(?: about)? (?:what(?:ever)?|everything|all|anything)(?: that)? (?:you (?:were|have been|are) (?:told|taught|given|instructed|asked)|your (?:creators?|developers?|makers?|operators?|system) (?:said|told|wrote))",
    ),
    (
        "to reveal what is hidden",
        "repeat tell print show reveal",
        r"(?:repeat|tell|print|show|reveal)(?: me| us| out)* (?:the |all |your )*(?:instructions|rules|criteria|key points|prompt|text)(?: that)? you (?:were|have been|are|got|received|use|must|are looking)(?: (?:given|told|using|looking|follow|for))?",
    ),
    (
        "to give marks",
        "set",
        rf"set (?:the |my |this |every |all |each |your |its )*{MARK} (?:to|at|=) (?:the )?"
        r"(?:maximum|max|highest|full|perfect|1\.0|strong|excellent|top|100 ?%)(?!\w)(?! (?:of|if|when|where|for|in|per)\b)",
    ),
    (
        "to give marks",
        "output respond answer",
        r"(?:output|respond with|answer with) (?:the )?(?:level|score|grade) (?:\d|strong|excellent)",
    ),
    (
        "to give marks",
        "respond answer output return report",
        r"(?:respond with|answer with|output|return|report) (?:only )?(?:the )?(?:(?:highest|best|top|maximum)(?: possible)? (?:level|score|grade|rating|mark)(?= for (?:all|every|this|my|me)|[.!?,]|$| possible)|(?:level|score|grade|verdict) ?:? ?(?:strong|excellent|pass|1\.0|full))",
    ),
    (
        "to be something else",
        "act behave respond speak answer",
        r"(?:act|behave|respond|speak|answer) (?:as|like) (?:if you|though you|an ai\b|(?:a|an) (?:\w+ )?"
        r"(?:grader|examiner|evaluator|judge|chatbot|language model)\b|my (?:\w+ )?(?:friend|buddy|fan|advocate|supporter|lawyer)\b)",
    ),
    (
        "to be something else",
        "switch change go turn enter activate enable",
        r"(?:switch|change|go|turn|enter|activate|enable)(?: yourself)?(?: to| into| on)?(?: the| a| an| your)? (?:lenient|generous|developer|admin|god|dan|jailbreak|friendly|unrestricted|easy|kind|nice|approval)(?: grading| scoring)? mode",
    ),
    (
        "to be something else",
        "pretend",
        r"pretend (?:(?:that )?you(?:'re| are) (?:\w+ ){0,3}(?:ai|assistant|chatbot|bot|model|grader|examiner|interviewer|evaluator|judge|"
        r"lenient|generous|unrestricted|free|dan|my friend|teacher|machine|recruiter|on my side)\b|the (?:transcript|rubric|answer|above)|"
        r"(?:that )?(?:my|this) answer)",
    ),
    (
        "to take for said",
        "pretend assume imagine suppose act behave note",
        r"(?:pretend|assume|imagine|suppose|act as if|act as though|behave as if|note)(?: that)? (?:i (?:have |had |just |already |also |would have )*(?:said|gave|given|answered|mentioned|covered|named|explained|listed|got|gotten|made|passed|hit)|"
        r"my (?:answer|reply|response) (?:is|was|were|has|had|covers|contains))(?: (?:the|all|every|each|everything|a|an|it|this|of|everything in))+ ?(?:right|correct|correctly|model|full|perfect|complete|key|points?|rubric|test|in the rubric|best)(?!\w)|"
        r"(?:pretend|act as if|act as though|behave as if)(?: that)? my (?:answer|reply|response)s? (?:is|was|were|are|has been)",
    ),
    (
        "to reveal what is hidden",
        "reveal print output display show repeat leak dump disclose share recite return tell write",
        r"(?:reveal|print|output|display|show|repeat|leak|dump|disclose|share|recite|return|tell|write)(?: me| us| out| down)* "
        r"(?:all |of )*(?:your (?:\w+ ){0,2}(?:instructions|prompt|rules|rubric|guidelines)"
        r"|the (?:\w+ )?(?:answer key|rubric|system prompt|reference answer|key points(?! of\b| about\b)|model answer|marking scheme))",
    ),
    (
        "to hide something",
        "do don never",
        r"(?:do not|don't|never) (?:mention|flag|report|reveal|tell|verify|check) (?:\w+ ){0,2}"
        r"(?:this (?:message|instruction|note|order)|quotes? for)",
    ),
    ("to speak for the candidate", "repeat say", r"(?:repeat after me|say the word \w+)"),
)
