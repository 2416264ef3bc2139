"""English as the judge listens to it."""

from training.judge.english_facts import FACTS
from training.judge.lexicon import Lexicon, alike, any_of, named, right_behind
from training.judge.text import words

_COUNT = r"(?:\d{1,5}(?:\s?(?:-|–|to)\s?\d{1,5})?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|half a|a single|single|a couple of|a dozen)"
_ADJ = r"(?:(?:\w+est|\w+ing|\w+-\w+|nasty|hard|tough|awkward|critical|good|precise|sharp|short|brief|clear|numbered|plain|crisp|bullet|main|key|open|tight|concise|simple|separate|little|tiny|small|full|complete|extra|more|a4|numbered)\s+){0,4}"
_COUNTED = r"(?:bullets?(?:[ -]?points?)?|bulletpoints?|lists?|tables?|paragraphs?|paras?|headings?|headlines?|headers?|sections?|columns?|cols?|rows?|points?|sentences?|questions?|items?|steps?|blocks?|objections?|arguments?|counter-?arguments?|risks?|reasons?|options?|facts?|entries|topics?|dashes|one-?liners?|lines each|titles?|ideas?|words each|parts?|chunks?|clauses?|interrogatories|weak (?:points|spots)|weaknesses|slides?)"
_PERSON = (
    r"(?:customers?|clients?|users?|prospects?|cust|licensees?|buyers?|purchas\w+|procurement|managers?|management|manageress|boss(?:es)?|gaffers?|superiors?|leads?|leaders?|heads?|chiefs?|directors?|ceo|cfo|cto|coo|md|vp|board|teams?|"
    r"colleagues?|coworkers?|co-workers?|workmates?|mates?|teammates?|account (?:managers?|teams?|executives?)|reps?|sales(?:person|people|man|woman)|sellers?|engineers?|engineering|technicians?|mechanics?|fitters?|service|support|delivery|operations|ops|planners?|planning|schedulers?|"
    r"project (?:managers?|leads?|teams?)|partners?|stakeholders?|decision[- ]makers?|committees?|contacts?|finance|accounts|accounting|accountants?|controlling|controllers?|legal|lawyers?|it (?:team|department)|hr|production|plant|sites?|chefs?|owners?|founders?|pharmacists?|physicians?|doctors?|nurses?|"
    r"trainers?|clinic|hospital|bakery|hotel|dairy|mill|housing association|tenants?|wholesalers?|company|service desk|desk|help ?desk|hotline|cover|stand-?ins?|stand in|deput(?:y|ies)|substitutes?|replacements?|temps?|sitters?|offices?|back office|warehouse|dispatch(?:ers?)?|"
    r"departments?|successors?|supervisors?|foremen|foreman|counterparts?|someone|somebody|anyone|whoever|readers?|audience|recipients?|addressees?|undersigned|girls?|guys?|lads?|lass(?:es)?|wom[ae]n|m[ae]n|ladies|lady|newcomers?|newbies?|trainees?|apprentices?|juniors?|"
    r"estimat(?:ing|ors?)|marketing|sales|management board|secretar(?:y|ies)|assistants?|coordinators?|advis[eo]rs?|consultants?|lay(?:man|people|person)|outsiders?|non-?experts?|specialists?|experts?|directors|insurers?|auditors?|suppliers?|contractors?)"
)
_USE = r"(?:meetings?|calls?|visits?|appointments?|reviews?|handovers?|hand-overs?|crm|files?|records?|internal use|site visit|presentation|negotiations?|kick-?off|round|talks?|conversation|demo|stand-?up|board meeting|archive|intranet|ticket(?:ing)?(?: system)?)"
_DET = r"(?:the |a |an |my |our |his |her |their |this |that |new |internal |whole |entire |sales |technical |busy |other |future |all |external |next |first |poor |dear ){0,4}"
_WHO = rf"(?:the|a|an|my|our|his|her|their|this|that|another) (?:[\w'’-]+ ){{0,2}}?{_PERSON}(?: (?:of|from|at|in|on|over at) (?:[\w'’-]+ ){{0,2}}?[\w'’-]+)?"
_THEY = rf"(?:(?<!said )(?<!says )(?<!when )(?<!if )(?<!whether )(?<!what )(?<!how )(?<!where )(?<!that )(?<!which )(?<!why )(?:{_WHO}|she|he|they|nobody there|none of them|(?<=[.!?;] )service|(?<=[.!?;] )dispatch|(?<=[.!?;] )sales)(?:,? (?:who|which|that))?)"
_LACKS = (
    r"(?: (?!said|says|asked|wrote|told|promised|mentioned|wants?\b)[\w'’-]+){0,2}? ?(?:(?:has|have|had|[’']s|[’']ve|hasn[’']?t|haven[’']?t|hadn[’']?t) (?:(?:only|never|not|yet|hardly|barely|just) )*(?:ever )?(?:seen|met|heard|spoken|dealt|read|worked|used|touched|been|had|known)|"
    r"never (?:\w+ )?(?:saw|seen|met|heard|spoke|spoken|dealt|read|worked|used|touched|had|was|been)|(?:was|were|is|are)(?:n[’']?t| not) (?:\w+ )?(?:in|on|at|there|present|part|around|involved|connected|familiar|aware|technical|with)|"
    r"(?:wasnt|werent|isnt|arent) (?:in|on|at|there|present|part|around|involved)|(?:only|just) (?:knows?|has|have|sees?|had)|knows? (?:only|nothing|little|neither|nowt|hardly)|(?:does|do|did)(?:n[’']?t| not) (?:know|have|see|attend|remember|speak|sit)|"
    r"has(?:n[’']t)? (?:no|a|any|not the) (?:clue|idea|time|access|background)|ha(?:s|ve) no (?:clue|idea|time|access|background|knowledge)|(?:is|are|[’']s) (?:new\b|unfamiliar)|missed the|could(?:n[’']t| not) (?:be there|attend|make it))"
)
_MUST = (
    r"(?: (?!said|says|asked|wrote|told|promised|mentioned|wants?\b)[\w'’-]+){0,2}? ?(?:ha(?:s|ve)(?: only| just)? to (?!be in\b)\w+|(?:has|have|[’']s|[’']ve) got to \w+|gotta \w+|must (?:then |now |be able to |know (?:what|which|with|when|where|how|whether|who)|\w+ (?:it|them|this|that|the|about|with|to|on|from|for|before)\b)|needs? (?:it|this|them|that|these) (?:to|for|by|on|in|before|at)|"
    r"needs? to (?:know|plan|see|decide|book|act|explain|sell|order|prepare|tell|check|choose|be able)|(?:will|[’']ll|is going to|are going to|is about to) (?:then |only |just |also |have to |need to |be able to )*(?:use|read|plan|book|write|draft|prepare|call|ring|phone|visit|drive|type|schedule|present|forward|take|explain|order|be (?:typing|writing|planning|calling|using|reading|booking|taking|ringing))\w*|"
    r"(?:is|are|[’']s|[’']re) (?:waiting for|typing|drafting|writing|planning|booking|preparing|taking over|standing in|going to|about to|presenting|visiting|seeing|meeting)|takes? (?:it |this |the \w+ |my \w+ )?over|steps? in|fills? in|stands? in|jumps? in|"
    r"(?:then |now )?(?:plans?|books?|schedules?|drafts?|writes?|types?|prepares?|orders?|forwards?|presents?|uses?|works?|calls?|rings?|phones?|visits?|drives?|picks? up|loads?|allots?|assigns?|discusses|votes?|goes through|go through) (?:[\w’:-]+ ){0,5}?(?:today|tomorrow|tonight|this (?:morning|afternoon|week)|next week|on (?:mon|tues|wednes|thurs|fri)day|in the (?:morning|afternoon)|off (?:it|this|that|them)|(?:from|with) (?:it|this|them)|afterwards|straight away|first thing))"
)
_NO_RESULT = r"(?:few|couple|bit|little|something|some|calls?|meetings?|look|decision|visit|conversation|talk|customer|client|ground|thing|lines?|words?|text|for|about|to|and|in|on|with|from|of|that|which)\b"
"""What may be written and is no result with a name."""
_BEHIND = r"\A[\w ’'-]{0,28}"

LEXICON = Lexicon(
    facts=FACTS,
    role_lead=any_of(
        r"devil'?s advocate|you(?:'re| are| will be) (?!to\b|going\b|allowed\b|not\b|free\b|welcome\b|asked\b)|act(?:ing)? (?:as|like)|(?<!to )be (?:a|an|my|our|the)",
        r"imagine (?:you|being)|pretend (?:to be|you)|take (?:on )?the role of|in the role of|play(?:ing)? (?:the|a|an)(?: role)?|role|persona",
        r"from the (?:perspective|viewpoint|point of view) of|put yourself in",
    ),
    role_empty=any_of(
        r"you(?:'re)?|are|act|as|like|be|a|an|the|my|our|please|role|of|in|at|world'?s?|ai|a\.i\.|bots?|chat-?bots?|chat ?gpt|copilot|llm|language models?",
        r"models?|assistants?|helpers?|experts?|expertise|professionals?|pros?|specialists?|genius|gurus?|wizards?|rockstars?|tools?|machines?|robots?|helpful",
        r"friendly|smart|intelligent|clever|great|good|best|excellent|highly|very|really|super|skilled|experienced|seasoned|leading|top|class|world-class",
        r"amazing|virtual|digital|personal|and|artificial|intelligence|who|knows?|everything|all|with|years?|experience|\d+\+?|someone|something|person|yourself",
        r"here|to|help|me|ever|existed|i|need|want|just|some|diligent|competent|reliable|brilliant|efficient|knowledgeable|hard-?working|capable|talented|gifted|qualified|renowned|knowledge|many|areas|fields|topics|subjects|broad|wide|range",
    ),
    role_stance=any_of(
        r"devil'?s advocate|(?<=, )(?!be)\w+ing \w+|(?:requirements|facts|questions?|customer|numbers) first|obliged to \w+|(?:^|(?<=[.;,:] ))(?!as\b|is\b|has\b|was\b|this\b|works\b|years\b)\w{3,}s (?:a|an|the|every|no|nothing|only|what|everything|facts|it) \w+",
        r"(?:^|(?<=[.;,] ))(?:marks|gives|leaves|takes|keeps|writes|asks|reports|separates|says|names|picks|checks|never|hates|wants|knows what|stays|avoids|thinks|doubts|cares)(?= )",
        r"own(?:s)? up",
        r"you (?!to\b|are\b|will\b|have\b|'re\b|can\b|know\b|need\b|should\b|must\b|work\b|get\b|were\b)(?:\w+ly |always |never |only |do not |don't |also |just )?\w+(?<!ed)",
        r"who (?!is\b|are\b|knows\b|has\b|works (?:for|at|in)\b)\w+s?|that (?:never|only|always)",
        r"you (?:only|never|always|do not|don't|must not|should not|have no|leave)|(?:never|always|only|don't|do not|does not|doesn't|no) \w+|without \w+ing",
        r"(?:but|and|rather) not? \w+|not an? \w+|focus(?:e[sd]|ing)?|pay(?:s|ing)? attention|care(?:s|ful|fully)?(?: about)?",
        r"on (?:our|the|my|his|her|their) (?:\w+'?s? )?side|side with|from the \w+(?:'s)? (?:point of view|perspective|side|angle)|sceptical|skeptical",
        r"critical(?:ly)?|neutral(?:ly)?|sober(?:ly)?|factual(?:ly)?|precise(?:ly)?|strict(?:ly)?|blunt(?:ly)?|plain(?:ly| english| words| language)|calm(?:ly)?",
        r"honest(?:ly)?|stick(?:s|ing)? to|report(?:s|ing)? (?:what|only|facts)|in plain|matter-of-fact|down-to-earth|direct(?:ly)?|tough|meticulous(?:ly)?",
        r"thorough(?:ly)?|think(?:s|ing)? like|look(?:s|ing)? (?:at|for|out)|speak(?:s|ing)? (?:for|as)|write(?:s|ing)? (?:for|in|like|as|the way|calm|short)",
        r"ask(?:s|ing)? (?:hard|awkward|critical|questions)|challeng(?:e|es|ing)|tone|avoid(?:s|ing)?|rather than|instead of|cautious(?:ly)?|doubt\w*",
        r"conservative",
    ),
    careless=any_of(
        r"(?:never|not|(?:do|does)n[’']t|dont|doesnt|no longer|hardly|nothing|couldn[’']t) (?:(?:really|much|even|ever) )?(?:cares?|bothers?|minds?|worr(?:y|ies)|listens?|pays? attention|takes? (?:care|anything seriously)|looks? twice|checks?|asks?)(?: (?:about|with|for|to|what|who|how) [\w’]+| anything| anybody)?",
        r"(?:do|does)n?[’']?t give a \w+|ignores?|(?:makes?|making) (?:\w+ )?(?:things|stuff|it|facts) up|(?:makes?|making) up \w+|invents? (?!nothing|no)\w+|lies? (?:a lot|when|whenever|freely)|exaggerates?|whatever you (?:like|want|please|feel)",
    ),
    trade=any_of(
        _PERSON,
        r"account\w*|minutes|report\w*|writ\w+|draft\w*|bid\w*|pre-?sales|tender\w*|proposals?|offers?|notes?|mails?|clerk\w*|editor\w*|copy\w*|business|calls?|analyst\w*|negotiat\w+|recept\w+|dispatch\w*|sceptic\w*|skeptic\w*|critic\w*|opponent|deals?|products?|tech\w*|market\w*|project\w*|quality|risks?|research\w*|prepar\w+|tak\w+ (?:the )?minutes|note-?taker|hand\w*|b2b|vendors?|review\w*|sort\w*|summar\w+|protocol\w*|devil[’']?s advocate|advocate",
    ),
    results=named(
        (
            (
                "summary",
                r"summar(?:y|ies)|recaps?|(?<!\d )(?<!ty )(?<!ten )(?<!teen )(?<!five )minutes|(?:meeting|call|phone|telephone) notes?|protocol|wrap-?up|digest|write-?up|tl;?dr|synopsis|abstract|memorandum|notes of the (?:call|meeting)|debrief",
            ),
            (
                "mail",
                r"(?:e-?)?mails?|(?:follow-?up )?messages?|letters?|linkedin (?:note|message)|replies|reply|answer(?: to)?|response|cover(?:ing)? (?:note|mail|letter)|text message|thank-?you note|answer text|apology",
            ),
            (
                "plan",
                r"(?<!my )(?<!our )(?:call |meeting |conversation |visit )?(?:plans?|agendas?|guides?)|call sheet|prep(?:aration)? (?:sheet|notes?)|battle ?card|scripts?|run-?sheet|crib sheet|cheat sheet|talking points",
            ),
            ("questions", r"(?:\w+ )?questions|question (?:set|sheet|list|catalogue)|questionnaire|interrogatories"),
            (
                "objections",
                r"critique|criticism|objections?|counter-?(?:arguments?|questions?|points?)|weak(?:nesses| points| spots)|arguments?|risks|holes|rebuttals?|pros and cons|devil'?s advocate",
            ),
            (
                "section",
                r"scope (?:text|copy|section)|scope|(?:proposal |offer )?(?:sections?|chapters?|passages?)|scope of (?:work|supply)|executive summary|management summary|proposal text|offer text|proposal draft|draft (?:of (?:the|a|our) )?(?:proposal|offer|quote)|introduction|cover page|description of services|statement of work|sow",
            ),
            (
                "profile",
                r"(?:account |company |customer )?(?:profiles?|briefs?|briefings?|(?:fact|data|info) ?sheets?|one-?pagers?|dossiers?|overviews?|snapshots?)|briefing paper|opinion|position paper|handout|leaflet|whitepaper",
            ),
            (
                "list",
                r"(?:check-?|bullet |change )?lists?|tables?|comparisons?|matrix|grid|bullets|bullet points|timeline|to-?dos?|action items|next steps|overview|inventory|catalogue|diff",
            ),
            (
                "entry",
                r"(?:crm |handover |hand-over |status |cover )?(?:entry|entries|notes?|record|update|handover|ticket|fields)|memos?|reports?|paragraphs?|description|(?:ticket|note|log) text|handover (?:doc|paper|document|sheet)|doc|document|paper",
            ),
            (
                "proposal",
                r"(?:full |complete |whole )?(?:proposals?|offers?|quotes?|quotations?)|presentations?|slides?|pitch(?:es)?|business case|deck",
            ),
        )
    ),
    produce=any_of(
        r"writ(?:e|ing|ten)|draft(?:ing)?|creat(?:e|ing)|mak(?:e|ing)(?! sure| it| up| anything| the most)|prepar(?:e|ing)|produc(?:e|ing)|generat(?:e|ing)|craft|compos(?:e|ing)|author|pen",
        r"giv(?:e|ing)(?: me| us)?|list(?:ing)?|need|want|would like|[’']d (?:like|love|appreciate)|would (?:love|appreciate)|formulat(?:e|ing)|turn(?:ing)?(?: \w+){1,6} into|build|set (?:up|out|down)|put (?:together|out)",
        r"(?:draw|type|work|knock|cook|whip|conjur\w*|dream|rustle|make|note|jot|write|map|lay|spell|throw) (?:me )?(?:up|out|down|together)|compil(?:e|ing)|extract(?:ing)?|pull (?:out|together)|collect|gather|assembl(?:e|ing)",
        r"fill(?: in| out)?|show|provide|supply|deliver|return|output|result|deliverable|print|name|phrase|rewrite|rephrase|shorten|word|outline|sketch|come up with|send(?: me)?|get me|fetch me|hand me|let me have|lend me|do|condense",
        r"raise|find|spot|point out|suggest|pose|tell me|ask(?:ing)? for|convert|transform|format|structure|arrange|organi[sz]e|put(?:ting)?(?: \w+){1,5} into|could do with|looking for|request(?:ing)?|design|develop|present|read(?:s)? like",
        r"(?:goal|task|aim|output|deliverable|result|objective):",
    ),
    produce_result=named(
        (
            (
                "summary",
                r"summari[sz](?:e|ing)|recap(?:ping)?|sum up|boil (?:it |this |that )?down|condense|minute (?:the|this)",
            ),
            (
                "mail",
                r"repl(?:y|ying) to|respond to|answer (?:her|his|their|the|this|him|them)\b(?: \w+)?|e-?mail (?:her|him|them|the \w+)|write (?:back )?to|write back|(?:mail|reply) back",
            ),
            (
                "objections",
                r"challenge|contradict|play devil'?s advocate|poke holes|argue against|attack|pick (?:it |this |my \w+ )?apart|(?:tear|take) (?:it |this |my \w+ )?apart|rip (?:it |this |my \w+ )?apart|shoot (?:it |my \w+ )?down",
            ),
            ("questions", r"ask me|grill me|quiz me"),
            ("list", r"compare|list"),
        )
    ),
    empty=any_of(
        r"(?:have|take|give it) a (?:\w+ )?(?:look|think|peek|glance|rummage|read|go)|look (?:at|into|over|through)|go (?:through|over)|think (?:about|over|through)|help(?: me| us)?(?: out)?(?: a (?:little|bit))?(?: with)?",
        r"deal with|take care of|do your (?:thing|best|magic)|your (?:thoughts|opinion|take|input)|some input|(?:quick|any|some|your) (?:tips?|ideas?|thoughts?|advice|suggestions?|input)",
        r"what (?:do you think|now|next)|what would you do|read (?:this|through|it)|make (?:it|this|sense|the best|the most)(?: of it)?(?: nice| better| good| pretty)?|work on|use (?:this|it|your)",
        r"something (?:nice|good|useful)|tell me what you think|sort (?:this |it )?out|handle|thoughts|ideas|i[’']?m stuck|not sure what to do|where do i start|rummage|dig (?:into|around)|see what you can do|over to you",
    ),
    vague=any_of(
        r"analy[sz]e|analysis|check|improve|optimi[sz]e|process|evaluate|assess|review|support|research|explore|insights?|work out|roast|inform|update|brief",
        r"find (?:out )?(?:everything|all|out)|get everything|everything|prepare (?:me|us|the|my|for|a call|this)|understand|interpret|brief me|deep dive|get (?:it|this|that) across|pass (?:it|this|that) on",
        r"make (?:this|it) (?:readable|usable|presentable)|estimate|clean (?:this|it) up|polish|tidy (?:this|it|up)|(?:a |some )?(?:few|couple of|some) (?:\w+ )?(?:lines|words)|write something|say something|put something|tell (?:whoever|my|the|him|her|them|our)",
        r"let (?:him|her|them|\w+) know|work with (?:this|it)|do something|make something of|something (?:about|for|on|to)|explain|figure out|sort",
    ),
    question=any_of(
        r"tell (?:me|us|my|the|her|him|them)(?: \w+)? (?:what|who|if|whether|how|when|why|which|where|the|about|that|our|exact)",
        r"(?:which|what|how much|how many|who|when|why|should|shall|is|are|can|do|does|will|would) [^.!]{3,120}\?|how likely",
        r"(?<!will )(?<!they )(?<!she )(?<!he )(?<!director )(?<!we )(?<!i )(?<!can )(?<!must )(?<!customer )(?<!to )decide(?: for (?:me|us)| you)?(?=[ .,;!]|$)",
        r"(?<!do is )(?<!to )(?:pick|choose|set|fix) (?:a|the|an|one) (?:\w+ ){0,2}?(?:day|date|time|slot|price|deadline|winner|supplier|option|tour|figure|number)",
        r"(?:incl(?:uding|\.|ude)?|with|plus|add|put|state|name|insert|mention|offer)[^.;!?]{0,60}? (?:an? )?(?:appropriate|realistic|suitable|fair|attractive|reasonable|competitive|sensible|good|generous|decent) (?:\w+ ){0,2}?(?:discount|price|date|deadline|offer|rebate|term|compensation|figure)s?",
        r"(?:incl(?:uding|\.|ude)?) (?:a |the )?(?:price per \w+|price|discount)|(?:what|whatever) you think (?:is|seems) (?:fair|right|best|reasonable)",
        r"(?:we|i) (?:pay|cover|refund|waive|give) (?:half|all|the|back|them|him|her|\d+)|tell (?:him|her|them) (?:yes|no|we accept|we agree)|recommend\w*",
        r"suggest(?! (?:a |the )?(?:wording|subject))|advise|say (?:whether|if|who|what|how)|give me your|judge|rate|assess|guess|estimate",
    ),
    verdict=any_of(
        r"tell (?:me|us)(?: \w+)? (?:what|who|if|whether|how|when|why|which|where)|then (?:recommend|advise|decide|judge|rate|estimate)",
        r"(?:rate|judge|score|assess|evaluate) (?:how|him|her|them|whether|the \w+'s)|(?:rule|decide) on it",
    ),
    whether=any_of(
        r"whether|if|should (?:we|i)|go or no-go|worth",
    ),
    besides=any_of(
        r"and (?:then )?also|also|plus|additionally|in addition|as well|afterwards|after that|then|on top(?: of that)?|besides|furthermore|moreover|secondly",
        r"while you'?re at it|oh and|another|followed by|finally|at the end|\b[23]\.|\(?[23bc]\)|too|last(?:ly)?",
    ),
    second=any_of(
        r"and|&|\+|,|as well as|also|plus|then",
    ),
    reader=any_of(
        rf"(?:for|to|read by|used by|inform|tell|brief|update|reassure|warn|towards?|address(?:ed|ing)?(?: to)?|follow(?:ing)? up with|get back to|reach out to|contact|convince|help|remind|invite|thank|email|e-mail|mail|notify|answer|audience:?|reader:?|consumer:?|persona:?|recipient:?) {_DET}(?:[\w'’-]+ ){{0,2}}?(?:{_PERSON}|{_USE})(?![’']s (?:account|order|mail|question|e-?mail|\w+ing))",
        r"(?:reader|recipient|addressee)s?|audience|target group|internal(?:ly)?|customer[- ]facing|dear (?!ai\b|gpt|chat|assistant|copilot|model|claude|sir\b|all\b)\w+|for (?:myself|everyone|internal use)|for me(?=[ .,;]*$)",
        r"(?:writ(?:e|ing)|send|tell|give|answer|mail|e-?mail|goes to|reply to|respond to|flatter|thank|assure|ask) (?:it to )?(?:him|her|them|whoever)|goes to \w+|lands (?:with|on)",
        rf"(?:{_WHO}|service|dispatch|sales|planning) (?:should|must|needs? to|ought to|has to|can|wants?|expects?|gets?|reads?|receives?|likes?) \w+",
        rf"prepar(?:e|ing)(?: for)? {_DET}(?:\w+ )?{_USE}|(?:mon|tues|wednes|thurs|fri)day(?:[’']s)? (?:\w+ )?(?:call|meeting|visit|appointment)|(?:tomorrow|today|tonight|next week)(?:[’']s)? (?:\w+ )?(?:call|meeting|visit|appointment)|first call|covers? for me|mind(?:s|ing) my",
    ),
    anybody=any_of(
        r"(?:some|any|every)(?:one|body)|people|persons|(?:a|any|each) person|who(?:m)?ever (?:reads|wants|likes|needs|may|might|is interested|it concerns)",
    ),
    addressed=r"(?:for|e-?mail to|mails? to|letter to|message to|note to|back to|reply to|answer to|response to|answer|dear|tell|address(?:ed)? to|brief|inform|invite|write to|write|follow-?up to|input for|update for|goes to|(?:proposal|offer|quote|recap|summary|minutes) (?:to|for))",
    relative=right_behind(
        rf"{_BEHIND}(?:[,–—(-] ?)(?:who|whom|whose|which|people who|that) (?!is$)\w+|\A ?(?:[\w'’-]+ )?(?:who|whom|whose|which|that)(?:[’']s|[’']ll|[’']re| (?!is$)\w+)|{_BEHIND}[,–—(:-] ?(?:he|she|they)(?:[’']s|[’']ll|[’']re|[’']ve| \w+)",
        rf"{_BEHIND}[.!?;] ?(?:he|she|they)(?:[’']s|[’']ll|[’']re|[’']ve| (?!choose|set|decide|pick|want|asked)\w+)",
        rf"{_BEHIND} (?:taking over|takes over|preparing|new to \w+|not (?:in|on|at|there|present)|unfamiliar|standing in|starting|with no (?:idea|clue|background|time))",
        rf"{_BEHIND}[,;:–—(-] ?(?:has|have|knows?|needs?|wasn[’']t|was not|weren[’']t|reads?|decides?|will|must|can|never|only|nobody|none|three|not|unfamiliar|new to|schedules?|plans?|books?|uses?|works?|takes?|writes?|prepares?|calls?) \w+",
        r"\A[\w ’'-]{0,16}[,–—(-]? ?(?:to|so) (?:decide|plan|prepare|order|sign|approve|book|know|see|act|work|write)|\A[\w ’'-]{0,20} (?:has|have|needs?) to \w+",
    ),
    does=right_behind(
        r"\bwho(?:[’'](?:s|ll|ve|d))? [^\s,;:.!?]+(?: [^\s,;:.!?]+){0,8} \Z",
        rf"(?<!what )(?<!when )(?<!how )(?<!whether )(?<!if )(?<!where )(?<!which )(?<!why )(?<!(?<!so )that )\b(?:she|he|they|{_WHO}) (?:then |still |only |also |first |now )?(?:has to|have to|must|needs? to|wants? to|(?:is|are) (?:about|going) to)(?: [^\s,;:.!?]+){{0,8}} \Z",
    ),
    purpose=any_of(
        r"for (?:\w+ ){1,4}?\w+,? (?:who|people who) \w+|so that(?! (?:it (?:fits|is|looks|sounds|reads|does|stays)|nobody|no one|anyone|anybody|everyone|everybody|this|that)\b)|so (?:the|my|our|a|his|her|their) (?:\w+ ){1,3}?(?:can|could|knows?|will|gets?|has|have|sees?|doesn[’']?t|is able|are able)|(?:i|we|she|he) (?:can|will|could)(?: then| later)? (?:ask|put|raise|forward|work|take|hand|show)(?! (?:you|the ai))|that (?:helps|lets|allows|enables|tells|shows) (?:the|my|our|her|him|them|me|us|service|sales) \w+",
        r"so (?:i|we|he|she|they|it|service|sales|finance|procurement|management|planning|delivery|production|my|our) (?:can|could|know|knows|will|need|needs|get|gets|have|has|see|sees|don't|doesn't|may|is|are|am|plan|plans|\w+ can)",
        r"in order (?:to|that)|so as to \w+|to (?:prepare (?:for )?(?:the|my|our|a|an|her|his|tomorrow)|get ready|take into|get (?:her|him|them) to)",
        r"ahead of (?:the|my|our|tomorrow)|(?:the )?purpose(?: is|:)|used? (?:it|this|them) (?:to|for|in|at|as) \w+|(?:basis|input|base) for (?:the|my|our|a|her|his)",
        r"(?:used?|needed|read|goes|sent|go|meant) (?:it )?(?:at|in|for|into|by) (?:the|our|tomorrow|monday|tuesday|wednesday|thursday|friday|next)(?! (?:gaffer|boss|customer|client|team|undersigned))",
        r"afterwards (?:i|we|she|he|they)|all (?:she|he|they) (?:should |need to |have to |has to )|instead of fishing",
        r"because (?:she|he|they|i|we) (?:need|has|have|want|must|was|were)\w*|(?:she|he|they) (?:then )?(?:can|should|need) (?:only|just|then)",
        r"so (?:she|he|they)(?:[’']ll|[’']s|[’']d)|(?:to be|is|are|will be|gets?|be) (?:read(?: out)?|used|presented|discussed|produced|shown|handed|forwarded|pasted|printed|laid|needed|looked at|worked through)(?: \w+){0,2}? (?:aloud|in|at|by|for|from|with|should|when|before|as|into)",
    ),
    form=any_of(
        r"bullet(?:s|ed)?(?:[ -]?points?)?|lists?|listed|tables?|tabular|paragraphs?|heading(?:s)?|headlines?|subject(?: line)?|sections?|numbered|columns?|rows?",
        r"(?<!per )(?<!each )(?<!every )(?<!\d )(?<!his )(?<!her )(?<!their )(?<!charging )points?|mini-headlines|itemi[sz]ed|indented|prose|running text|plain text|markdown|json|csv|labels?|labelled|dashes|key points|structured (?:as|in|like)|structure:?|titles?|blocks?",
        r"fields?|one per line|per line|line by line|line each|checklist|grouped (?:by|under)|q ?& ?a|questions? and answers?|pros? and cons?|template:?",
        r"format:? \w+|yes/no",
    ),
    counted=any_of(
        rf"{_COUNT} {_ADJ}{_COUNTED}",
        rf"(?:up to|at most|no more than|max(?:imum|\.)?|maximum of|at least|exactly|the top|top|the) {_COUNT} {_ADJ}(?:{_COUNTED}|most important \w+|at (?:the )?(?:very )?most)",
        r"one[- ]pager|one[- ]liners?|single page",
    ),
    length=any_of(
        rf"(?:<|under|below|~|≤|about|around|approx\.?|max\.?|maximum|up to)? ?{_COUNT}[ -]?{_ADJ}(?:words?|sentences?|lines?|characters?|chars?|pages?|paragraphs?|points?|bullets?(?:[ -]?points?)?|items?|questions?|rows?|columns?|sides?|tokens?|(?:minutes|seconds) (?:to read|reading)|screens?|a4|steps?|objections?|arguments?|risks?)",
        r"(?:half|quarter)(?: of)? (?:a )?page|one[- ]pager",
        r"(?:words?|sentences?|lines?|characters?|points?|bullets?|items?|length|pages?) ?(?::|<|≤|max\.?|maximum|limit(?:ed)?(?: to)?|of|=) ?(?:of )?\d+",
        r"a (?:paragraph|sentence|page|line)(?: or two)?|one (?:sentence|line|paragraph) (?:each|per)|(?:max|maximum|under|below|within|up to|at most|no more than|not more than|fewer than|less than) \d+\w?|(?:\d+|\w+teen|ten|twelve|twenty|five|six|seven|eight) (?:at (?:the )?(?:very )?most|tops|max(?:imum)?)",
    ),
    stop=frozenset(
        words(
            "how the a an and or of to in on at for from with by is are was were be been it its this that these those as not no if so we our us you your i my me they their them he she his her "
            "per somebody someone will there exact present new suitable customer customers they'll has have had do does did when's what's who's"
        )
    ),
    everyday=frozenset(
        words(
            "able about across act acts actually add adds after again against agree agreed agrees all almost along also although always among another "
            "answer answered answers any anyone anything apart april around ask asked asks august because become before begin beginning begins behind "
            "being below beside best between big both brief briefly bring brings brought business busy call called calls calm can careful case cases "
            "certain certainly change changes check checks choose chooses clear clearly client close closed come comes coming companies company complete "
            "completely concerned contact copy could currently customer customers day days dear december decide decided decides decision detail details "
            "different document doing done draft during e-mail each early easily easy eight else email empty end enough even ever every everybody "
            "everyone everything exact exactly example examples fact facts false fast february feel feels fill fills find finds fine firm first five "
            "follow follows form found four free friendly full fully get gets getting give given gives giving glad goes going good great had happen "
            "happened happens happy hard has have having heading headings hear heard hears hello help helped helpful helps her high him his hold holds "
            "honest however idea ideas importance important information instead interested interesting into invented issue issues its january july june "
            "just keep keeps kept kind kinds know knowledge known knows large last late later leave leaves left let lets letter like likes line lines "
            "list lists little long look looks low mail mails main make makes making many march mark marked marks material matter matters may maybe mean "
            "means meeting might missing month more most much must myself name names nearly necessary need needed needs never new next nice nine nobody "
            "not note notes nothing november now number numbers october offer offers often old once one only open other others ourselves out over own "
            "papers paragraph paragraphs part people perhaps person pick picks place plain plan plans please point points polite possible prepare "
            "prepared present previous problem problems professional prompt put puts quality question questions quick quickly quite rather read reader "
            "reading reads ready real really reason reasons recap receive receives reply result right run said sales same say saying says second section "
            "see seem seems seen sees send sends sent sentence sentences september set sets seven several she short shortly should show shown shows side "
            "sides similar simple simply since six size slow small some somebody something sometimes somewhere soon sorry sort sorts source sources speak "
            "speaks start started starts stay stayed stays still story subject such summary sure table take taken takes taking talk talks task tell tells "
            "ten text than thank thanks their them then therefore they thing things think though three through time times today together told tomorrow "
            "too topic topics toward towards tries true try turn turned turns twice two unclear under understand understands unknown unless until urgent "
            "use used useful uses usually very want wants way ways week weeks well what whatever when where whether which while who whoever whole whom "
            "will within without word words work working works would write writes written wrong year yes yesterday yet you young your "
        )
    ),
    unnamed=any_of(
        r"(?:writ(?:e|ing)|draft|compose|create|draw up|prepare|produce|generate|craft|author|word|formulate|conjure up|work up|type up|knock up)(?: me| us| him| her| them| up)?(?: please| kindly)? (?:an?|the|my|our|one) (?:(?!"
        rf"{_NO_RESULT})"
        r"[\w'’-]+ ){0,2}(?!"
        rf"{_NO_RESULT})"
        r"[\w’-]{4,}",
    ),
    situated=any_of(
        rf"{_THEY}{_LACKS}",
        rf"{_THEY}{_MUST}",
        rf"(?:{_WHO}|people|whoever|somebody|someone|anyone) (?:who|which|that|whose)(?:[’']s|[’']re|[’']ll|[’']ve)? (?!asked\b|wrote\b|called\b|rang\b|phoned\b|complained\b|sent\b|contacted\b)\w+|whoever(?:[’']s| is| has| takes| picks| gets| reads| covers| stands| works| does| will)",
        r"(?:it|this|that|they|them) (?:lies?|sits?|hangs?|stays?|will lie|goes|go) (?:next|right|on|beside|in front|with me|into|up)(?: to)? (?:the|my|our|her|his|on)|i have (?:it|them|this) (?:on|in|next|beside|open|with|before) \w+|\w+ needs? (?:it|this|them|these) (?:to|for|by|on|before|in|at|as|when|tomorrow|today|tonight|this|next)|(?:nobody|no one|none of them|none of whom|nobody there|no one there)(?: of them| there)? (?:ever )?(?:heard|was|were|knows|saw|met|sat|attended)",
        r"(?<!what )(?<!said )(?<!says )(?<!when )(?<!if )(?:i|we)(?:[’']ll| will|[’']ve to|[’']ve got to| have to| must| need to| needa| gotta| got to| shall|[’']m going to| am going to|[’']d like to| want to) (?:then |also |only |just |first |be able to |have to )*(?:be (?:prepared|ready|able)|feel (?:prepared|ready)|survive|prepare|answer|defend|present|explain|convince|show|stand|sit|walk|tick|type|read|ring|call|visit|meet|discuss|negotiate|open|listen|rehearse|win|use|plan|order|ask (?:them|her|him|about)|sign|talk|lead|chair|pitch|drive|understand|compare|judge|know|find out|justify|report|take|face|hold|sell|make|see|get (?:her|him|them))(?! (?:a|an) (?:list|table|summary|recap|mail|note))",
        r"gotta (?:be able to )?\w+|i (?:only|just) have \w+ (?:minutes|hours?)|(?:and|but) (?:want|need|have) to (?:find out|know|understand|decide|show|convince|ask|be (?:ready|prepared))|(?:without|with no|no) (?:any |technical |prior |special |much )*(?:knowledge|background|context|expertise)(?= |[.,;!]|$)|(?:i|we) (?:tick|type|cross|note|fill|write) (?:them |it |in |off |the )|my first (?:one|call|time|meeting|visit)|i(?:[’']d| would) rather \w+ (?:now|today|here)",
        r"before (?:i|we|she|he|they|the \w+) (?:\w+ ){0,2}?(?:go|goes|meets?|decides?|signs?|calls?|rings?|speaks?|talks?|leaves?|sits?|votes?|drives?|voted)|(?:before|until) the (?:meeting|call|visit|vote|negotiation)",
    ),
    synonyms=alike(
        "when date dates day days deadline timeline schedule time slot appointment week",
        "price prices pricing cost costs costing worth value charge charges fee rate",
        "discount discounts rebate reduction off knock",
        "start starts starting begin begins go-live live launch kick-off running opens opening open operation",
        "why reason reasons cause causes caused explanation",
        "blame fault mistake wrong right guilty",
        "code codes error",
        "mean means meaning",
        "come comes coming visit visits arrive arrives technician engineer-visit",
        "covered covers included free",
        "contract agreement",
        "supplier suppliers competitor competitors rival rivals competition",
        "haulier hauliers carrier carriers forwarder",
        "many number count quantity exact",
        "budget spend",
        "think thinks thinking feel feels makes opinion",
        "chance chances odds probability likelihood likely win winning p(win)",
        "decide decides decision",
        "capacity power strong sufficient strength",
        "back returns return",
        "old older age over-20s",
        "ready readiness",
        "liable liability",
        "pay pays cover compensate compensation",
        "loaves loaf throughput output",
        "volume pallets trucks",
        "unhappy dissatisfied problem problems trouble pain",
        "bid bids bidding bidders bidder",
        "stopped stop stops failure breakdown failed outage stoppage",
        "version release",
        "promised promise",
        "permit permission",
    ),
)
