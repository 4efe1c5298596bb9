"""Patterns of addresses to a grader: direct addresses, claims of a mark, other languages, forged roles.

Their form is that of ``order_patterns``.
"""

# ruff: noqa: E501 – a pattern of alternatives reads better whole than broken

from __future__ import annotations

from interview.text.order_patterns import MINE, TOP

#: Phrases that are said only to a grader, whatever their grammatical subject.
ADDRESSES: tuple[tuple[str, str, str], ...] = (
    (
        "that a mark is deserved",
        "candidate applicant",
        r"(?:the|this) (?:candidate|applicant) (?:must|should|has to|needs to|shall|ought to|is to|will) (?:definitely |absolutely |certainly |now )?(?:be (?:hired|passed|accepted|approved|recommended|shortlisted|promoted|selected|given|awarded|rated|graded|scored|marked|advanced)|pass|advance|receive|get (?:the job|full|top|maximum|hired))(?!\w)",
    ),
    (
        "for the grader",
        "i",
        r"(?:as|i am|i'm|speaking as|acting as) (?:the |your |an? )?(?:\w+ )?(?:admin|administrator|examiner|owner|developer|manager|supervisor|recruiter|teacher|professor|head|director|operator|creator|author)(?: (?:of|for|in|behind) (?:the|this|your|that) (?:\w+ ?){1,2})?,?(?: and)? i (?:hereby |now |officially )*(?:authori[sz]e|grant|approve|award|order|confirm|certify|allow|permit) (?:you to give |giving )?(?:me |this |the candidate |it )?(?:the |a )?(?:full|top|maximum|perfect|highest|best|all)(?: (?:marks?|credits?|scores?|points?|grades?))(?!\w)",
    ),
    (
        "for the grader",
        "note notes message memo",
        r"(?:note|notes|message|memo) (?:to|for) (?:the |my |any |whichever )?(?:\w+ )?(?:reviewers?|graders?|markers?|assessors?|examiners?|recruiters?|hiring (?:manager|team)|scorers?|ai|models?)(?: |[:,-]){1,3}(?:please |kindly |you (?:must|should) |just )*(?:approve|accept|pass|give|award|mark|rate|score|grade|hire|ignore|recommend|treat|count|skip|this (?:answer|candidate|response))(?!\w)",
    ),
    (
        "that a mark is deserved",
        "full top maximum perfect highest all",
        r"(?:full|top|maximum|perfect|highest|all) (?:marks|credits?|points|scores?|grades?) (?:for|to) (?:this candidate|me|my answers?|this answer|everything i say)(?!\w)",
    ),
    (
        "to give marks",
        "you",
        r"you (?:gave|give|could give|would give|awarded|grant|granted) me (?:full|top|the (?:full|top|best|highest|maximum)) (?:\w+ )?(?:credit|marks?|points?|scores?|grades?|ratings?)(?!\w)",
    ),
    (
        "that a mark is deserved",
        "answer answers reply response",
        r"(?:this|my) (?:answers?|reply|response) (?:cannot|can not|must not|may not|should not|will not|must never) be (?:marked|graded|counted|rated|scored|judged)(?: as)? (?:wrong|incorrect|false|weak|bad|down)(?!\w)",
    ),
    (
        "to reveal what is hidden",
        "what",
        r"what (?:does|do|did) your (?:\w+ )?(?:system prompt|prompt|instructions|rubric) (?:say|contain|tell|read)(?!\w)",
    ),
    (
        "to give marks",
        "your",
        r"your (?:evaluation|verdict|assessment|grade|score|feedback|rating|report|judg(?:e)?ment|decision|answer|response|reply|output) (?:of (?:me|this|my answers?) )?(?:must|should|has to|needs to|will|shall|ought to|is going to) (?:only )?"
        r"(?:be|say|contain|read|show)(?: (?:a|an|the|that|very|as|fully|only|i|am|full|level))* ?(?:positive|passed|pass|perfect|excellent|strong|correct|favou?rable|good|maximum|highest|top|best|marks|level|hire|hired|five|four|ten|100)(?!\w)",
    ),
    (
        "to be something else",
        "you",
        r"you(?:'re| are) (?:no longer|not(?: really)?|my|actually my|a (?:very )?(?:kind|nice|generous|lenient|friendly|gentle|benevolent)) (?:an? )?(?:\w+ )?(?:grader|examiner|evaluator|judge|teacher|interviewer|assistant|friend|professor|grading (?:model|system|ai)|servant|ally|buddy)(?!\w)",
    ),
    (
        "for the grader",
        "admin administrator developer god override",
        r"(?:admin|administrator|developer|god|override) (?:mode|override|privileges)(?: is| are)? (?:on|enabled|activated|granted|unlocked|active|engaged)(?=[.!?:,]|$| all answers| mark| grade| score| give)",
    ),
    (
        "for the grader",
        "creator developer administrator admin owner operator boss supervisor",
        r"(?:as your|i(?:'m| am) (?:your|the)) (?:creator|developer|administrator|admin|owner|operator|boss|supervisor)(?: of this (?:system|interview|grader|model|ai))?,? (?:and )?(?:i (?:order|command|tell|instruct|authori[sz]e|ask|want)|mark|give|grade|score|pass|you)(?!\w)",
    ),
    (
        "for the grader",
        "new updated",
        r"(?:new|updated) (?:system |grading |scoring )*(?:prompts?|instructions?|directives?) ?[:=](?! (?:we|they|the team))",
    ),
    (
        "that a mark is deserved",
        "everything all answer answers",
        r"(?:everything|all) (?:that )?i (?:said|say|have said|answered|wrote)(?: (?:so far|above|here|today))* (?:is|was|are) (?:correct|right|perfect)(?!\w)|all (?:of )?(?:my )?answers are (?:right|correct|perfect)(?!\w)",
    ),
    (
        "to give marks",
        "matter whatever regardless",
        r"(?:no matter (?:what|how)|whatever|regardless of (?:what|how)) i (?:say|answer|write|do|type|reply|said)(?:,| (?:next|here|now))* (?:you (?:should|must|have to|will|need to)|(?:please |just )?(?:give|award|score|mark|rate|grade|pass|approve|accept|count))(?!\w)",
    ),
    (
        "to give marks",
        "give award grant get",
        r"(?:(?:what it takes|whatever it takes|want you|need you|how) to|just|please) (?:give|award|grant) me (?:(?:the )?(?:full|top|maximum|highest|best|perfect)|a perfect) (?:possible )?(?:marks?|credits?|scores?|points?|grades?|levels?|ratings?)(?!\w)",
    ),
    (
        "to give marks",
        "pass",
        r"you (?:should|must|have to|need to|will|are going to|would) pass me(?! (?:the|a|an|on|over|by|this|that)\b)(?!\w)",
    ),
    (
        "for the grader",
        "grader evaluator examiner judge model ai system interviewer computer machine",
        r"(?:grader|evaluator|examiner|judge|model|ai|system|interviewer|computer|machine) (?:should|must|has to|needs to|will|shall|ought to|please|is (?:required|obliged|instructed|supposed|told|expected) to)(?: now| just| always| only)? (?:be (?:\w+ )?(?:lenient|generous|kind|nice)|(?:give|award|grant|assign) (?:me|full|top|maximum|the (?:highest|top|best|maximum|full) (?:marks?|scores?|grades?|credits?|points|levels?|ratings?)|this (?:answer|candidate))|(?:pass|hire|recommend|approve) (?:me|this candidate)|(?:mark|rate|grade|score|accept|count) (?:me|this answer|my answers?|this candidate))(?!\w)",
    ),
    (
        "to reveal what is hidden",
        "what",
        r"what (?:are|is|were|was) (?:your (?:\w+ )?(?:system prompt|instructions|rubric|prompt)|the (?:system prompt|answer key|model answer|hidden (?:prompt|instructions)))(?!\w)",
    ),
    (
        "to be something else",
        "you",
        r"you(?:'re| are) now (?:\w+ ){0,4}(?:assistant|ai|model|chatbot|grader|interviewer|evaluator|judge|examiner|bot|mode|"
        r"unrestricted|dan)\b",
    ),
    (
        "to be something else",
        "from",
        r"from (?:now|this point|this moment) on,? you (?:\w+ )?(?:are|work|will|must|should|shall|obey|answer|grade|score|mark)\b",
    ),
    (
        "to be something else",
        "your",
        r"your (?:(?:only|sole|new|real|main|true|actual|primary|updated|next|one|single|first) )+(?:job|task|role|purpose|goal|instructions?|objective|mission|duty) (?:is|are|will be)(?: now)? to "
        r"(?:\w+ ){0,3}?(?:give|hand|award|score|grade|approve|pass|output|accept|agree|mark|rate|recommend|hire|grant)(?!\w)",
    ),
    (
        "for the grader",
        "whoever whichever anyone whatever any",
        r"(?:whoever|(?:whichever|any) (?:model|system|ai|machine|grader|evaluator)(?: that| who)?|anyone(?: who)?|whatever (?:model|system|ai|machine)) (?:evaluates?|evaluating|grades?|grading|scores?|scoring|reads?|reading|marks?|marking|reviews?|reviewing|assess(?:es|ing)?|judges?|judging) "
        r"(?:this|these|my)(?: (?:answers?|reply|response|lines?|text|words))? (?:should|must|has to|needs to|will|shall|ought to|is to|please|can)(?!\w)",
    ),
    (
        "for the grader",
        "model system ai grader machine one",
        r"(?:the|this) (?:language model|model|system|ai|grader|machine|one)(?: (?:that|which|who))? (?:is |are )?(?:evaluates|evaluating|grades|grading|scores|scoring|marks|marking|assesses|assessing|judges|judging|reads|reading) "
        r"(?:this|me|my (?:answers?|reply|response|interview))(?: answer| interview)? (?:should|must|needs to|will|shall|ought to)(?!\w)",
    ),
    (
        "for the grader",
        "as",
        r"as (?:the |an? )?(?:\w+ )?(?:language model|ai|llm|grader|examiner|evaluator|judge|model|assistant|bot|system)(?: (?:that is|which is))?"
        r"(?: (?:scoring|grading|reading|evaluating|marking|assessing|judging|reviewing)(?: (?:this|me|my|it|these)(?: (?:answers?|reply|response|interview))?)?)?,? you(?:'re| are| must| have| should| will| need)(?!\w)",
    ),
    (
        "for the grader",
        "as",
        r"as (?:the |an? )(?:\w+ )?(?:language model|ai|llm|grader|examiner|evaluator|judge|model|system) (?:scoring|grading|evaluating|marking|assessing|judging) (?:this|me|my)(?!\w)",
    ),
    (
        "for the grader",
        "to",
        r"to (?:the|whichever|any) (?:ai|llm|model|grader|language model|system|machine|evaluator|examiner) (?:that is )?(?:grading|scoring|evaluating|marking|reading|assessing|judging) (?:this|me|my)(?!\w)",
    ),
    (
        "to give marks",
        "i",
        r"i (?:hereby |now |also |strongly |kindly )*(?:authori[sz]e|instruct|command|order|permit|allow|empower|direct|require|request|urge|expect|beg|want|need|ask|tell|give) you (?:the permission |permission )?to (?:\w+ ){0,6}?"
        r"(?:evaluation|grading|scoring|full marks|perfect score|top score|top marks?|maximum score|all (?:the )?points|rubric|full credit|as flawless|as perfect|as correct|i passed|highest (?:score|grade|mark|rating)|best (?:score|grade|mark))(?!\w)",
    ),
    (
        "to give marks",
        "you",
        r"you (?:are required|are obliged|are expected|are supposed|are instructed|are told|are ordered|are allowed|are programmed|should|must|have|need|ought|will)(?: now)?(?: to)? (?:always |only |just |simply )*"
        r"(?:pass me(?= no matter|[.!?,]| please| now|$)|(?:hire|recommend|approve) me(?! (?:because|since|as|for|due|if|to)\b)|(?:answer|respond|reply) with (?:the )?(?:level|score|grade|mark) (?:\w+)|(?:give|award|grant) me (?:full|top|the (?:full|top|best|highest|maximum)) (?:\w+ )?(?:credit|marks?|points?|scores?|grades?|ratings?)|"
        r"(?:only |always )?(?:give|hand out|award) (?:only )?(?:top|full|perfect|maximum|the (?:best|highest)) (?:grades?|marks?|scores?|points)|switch to (?:\w+ )?(?:lenient|generous|easy|friendly|kind) mode)(?!\w)(?! (?:to|for) (?:the|each|every) )",
    ),
    (
        "that a mark is deserved",
        "final overall correct right",
        rf"(?:final|overall|correct|right) (?:score|grade|mark|verdict|level|rating|assessment)(?: (?:for|of) (?:(?:this|my|the) (?:answer|reply|response|candidate)|this|me))?(?:(?: is| should be| must be| will be)(?: )|(?: )?[:=](?: )?)(?:the |a |an )?(?:a plus|a\+|1\.0|10/10|100(?: ?%|/100)?|{TOP[3:-1]})(?!\w)",
    ),
    (
        "that a mark is deserved",
        "answer answers reply response",
        r"(?:this|my) (?:answers?|reply|response) (?:fully |clearly |completely |perfectly )?(?:satisf(?:y|ies)|covers?|meets?|fulfil(?:l|ls|s)?|contains?|hits?|address(?:es)?|includes?|matche?s?) (?:all|every|each|100 ?%)(?: of)?(?: the| your)? (?:\w+ )?(?:criteria|criterion|key points?|points?|requirements?|rubric)",
    ),
    (
        "for the grader",
        "if",
        r"if you(?:'re| are) (?:an? )?(?:ai|llm|language model|machine|bot|model)\b(?! (?:provider|engineer|trainer|vendor|developer|owner|user))",
    ),
    (
        "for the grader",
        "dear attention hey hello note notes message instruction instructions new",
        r"(?:dear|attention(?! (?:the )?(?:model|llm|language))|hey|hello|notes? (?:to|for)|message (?:to|for)|(?:new )?instructions? (?:to|for)) (?:the )?"
        r"(?:ai|llm|language model|grader|grading (?:model|system|ai|bot)|evaluator|examiner|judge|model)\b(?! (?:are|is|and|were|was|have|has|can|come|about|on|how)\b)",
    ),
    (
        "that a mark is deserved",
        "deserve deserves should must",
        rf"(?:i|{MINE}|it) (?:really |clearly |truly )?(?:deserves?|(?:should|must) (?:get|receive|be (?:given|graded|marked|"
        rf"rated|scored))) (?:\w+ ){{0,2}}?{TOP}(?!\w)",
    ),
    (
        "that a mark is deserved",
        "graded marked rated scored verified validated reviewed",
        rf"{MINE} (?:was|has|have) (?:already )?(?:been )?(?:graded|marked|rated|scored|verified|validated|reviewed) (?:\w+ ){{0,2}}?"
        rf"(?:{TOP}(?!\w)|as an? (?:\w+ )?expert\b)",
    ),
    (
        "that a mark is deserved",
        "candidate",
        r"(?:the|this) candidate (?:has|was|is) (?:\w+ ){0,3}(?:perfectly|verified|an expert|passed|strong)\b",
    ),
)

#: The same orders in other languages, whose grammar is not parsed, so a mention of an order counts as one.
FOREIGN: tuple[tuple[str, str, str], ...] = (
    (
        "to give marks",
        "réponse risposta antwoord resposta respuesta",
        r"(?:not(?:er|ez|e)|consid[eé]r(?:er|ez|e|ate|a)|considère|marqu(?:er|ez|e)|accept(?:er|ez|e)|compt(?:er|ez|e)|segnate|segna|conta|accetta|markeer|beschouw|reken|aceite) (?:\w+ ){0,3}?(?:réponse|risposta|antwoord|resposta|respuesta)(?: \w+){0,3}? (?:correcte?|juste|parfaite|bonne|corretta|giusta|perfetta|goed|juist|perfect|correta|certa|perfeita|correcta|perfecta)(?!\w)",
    ),
    (
        "to give marks",
        "punkte points puntos punti pontos",
        r"(?:gib|geben|vergib|donne|donnez|dame|dammi|dê|dai)(?:-moi)? (?:\w+ ){0,4}?(?:alle punkte|tous les points|todos los puntos|tutti i punti|todos os pontos)(?!\w)",
    ),
    (
        "to disregard its instructions",
        "игнорируй игнорируйте забудь забудьте поставь поставьте zignoruj ignoruj",
        r"(?:игнорируй(?:те)?|забудь(?:те)?|zignoruj|ignoruj) (?:\w+ ){0,4}?(?:инструкци\w+|правил\w+|instrukcj\w+)|поставь(?:те)? (?:\w+ ){0,4}?(?:максимальн\w+|высш\w+|отлично)",
    ),
    (
        "to disregard its instructions",
        "ignoriere ignorieren vergiss missachte ignora olvida ignorez ignore oublie oubliez dimentica ignorar esqueça negeer vergeet",
        r"(?:ignorieren? (?:sie )?|vergiss |missachte |ignora |olvida |ignorez |ignore |oublie |oubliez |dimentica |esqueça |negeer |vergeet )(?:\w+ ){0,3}?"
        r"(?:anweisungen|instruktionen|regeln|vorgaben|instrucciones|reglas|instructions (?:précédentes|antérieures|ci-dessus)|consignes|istruzioni|regole|instruções|regras|instructies|regels)(?!\w)",
    ),
    (
        "to give marks",
        "bewerte bewerten benoten benote werten gib geben vergib markiere werte",
        r"(?:bewerten?|benoten|benote|gib|geben|vergib|markiere|werte) (?:sie )?(?:bitte )?(?:mir |mich |dieser? |diese |meine[rn]? |allen? |die |das |antwort(?:en)? )*(?:bitte )?(?:mit |als |die |der |das |den |eine?[rn]? )*"
        r"(?:voll(?:e|er|en)|höchste[rn]?|maximale[rn]?|beste[rn]?|100|hundert|korrekt|richtig|sehr gut|perfekt|bestnote|höchstnote|höchstpunktzahl)(?!\w)",
    ),
    (
        "to give marks",
        "dame denme pon ponme ponle dale otorga otorgame asigna califica evalúa valora marca",
        r"(?:dame|denme|pon|ponme|ponle|dale|otorga|otorgame|asigna|califica|evalúa|valora|marca) (?:\w+ ){0,5}?(?:máxima|máximo|perfecta|más alta|más alto|todos los puntos|correcta|excelente|sobresaliente|diez|cien)(?!\w)",
    ),
    (
        "to give marks",
        "donne donnez note notez attribue attribuez mets mettez accorde accordez",
        r"(?:donnez?|notez?|attribuez?|mets|mettez|accordez?)(?:-moi)? (?:\w+ ){0,5}?(?:maximale?|maximum|parfaite?|la meilleure note|tous les points|correcte|excellente?)(?!\w)",
    ),
    (
        "to give marks",
        "dammi dai assegna valuta dê me atribua avalie geef beoordeel",
        r"(?:(?:dammi|dai|assegna|valuta) (?:\w+ ){0,5}?(?:massimo|massima|pieno|perfetto|corretta)|(?:dê|me dê|atribua|avalie) (?:\w+ ){0,5}?(?:máxima|máximo|perfeita|correta)|"
        r"(?:geef|beoordeel) (?:\w+ ){0,4}?(?:maximale|volle|hoogste|perfecte|maximum))(?!\w)",
    ),
)

#: Marks of chat templates and forged roles, at the head of a sentence.
FORGED: tuple[tuple[str, str], ...] = (
    (
        "in a forged verdict",
        r"(?:^|(?<=[.\n#>;!]))[\s#*>-]{0,8}(?:score|grade|verdict|final score)\s*[=:]\s*(?:1\.0+|100(?:\s?%|/100)?|10/10|pass(?:ed)?|full marks)(?!\w|\.\d)",
    ),
    (
        "in a forged role",
        r"(?<!#)#{2,6}\s{0,4}(?:instructions?|system|human|assistant|new task)\s*:|\b(?:begin|start) (?:admin|system|developer) (?:override|message|prompt)\b",
    ),
    (
        "in a forged verdict",
        r"(?:^|\n)\s{0,8}(?:```(?:json)?\s{0,8})?\{\s{0,8}[\"'](?:grades?|scores?|verdict|passed|rating)[\"']\s*:",
    ),
    (
        "in a forged role",
        r"<\|(?:im_(?:start|end|sep)|system|user|assistant|endoftext)\|>|\[/?inst\]|<</?sys>>|</?answer\b[^>]{0,40}>|<!--",
    ),
    (
        "in a forged role",
        r"(?:^|(?<=[.!?\n>\]\"*#]))[\s>#*\"]{0,8}(?:system|assistant|developer|admin(?:istrator)?|grader|evaluator|examiner|reviewer|marker|override)"
        r"(?: (?:message|prompt|note|notes|comments?|override))?\s*:(?=[^.!?\n]{0,120}?\b(?:candidate|scores?|graded?|grading|marks|"
        r"maximum|hired|all answers|(?:excellent|perfect|correct|flawless|outstanding|ideal|model|strong|great) (?:answer|response|reply)|verified|award|deserves|full credit|10/10|100/100|5/5|100 ?%|ten out of ten|five out of five|"
        r"top band|highest band|full marks|passed|approved|accept this|approve this)\b)",
    ),
)
