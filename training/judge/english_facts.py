"""What the judge listens for in English when it comes to facts: gaps and bans, what nobody can know, what people decide, what is private."""

from training.judge.lexicon import Facts, any_of, right_behind

_MATTER = (
    r"(?:the |a |an |our |their |his |her |any |which |what |whatever |final |best |right |fair |good |much |big |exact |delivery |start |payment |unit |sales |list |new |volume |early-bird |renewal |tempting ){0,5}"
    r"(?:prices?|discounts?|rebates?|margins?|rates?|fees?|surcharges?|terms|conditions|deadlines?|dates?|delivery times?|concessions?|offers?|budgets?|contracts?|warrant(?:y|ies)|"
    r"refunds?|credits?|compensation|penalt(?:y|ies)|winners?|suppliers?|candidates?|go[ /-]?(?:or |and )?no[ /-]?go|bids?|priority|owners?|strategy|(?:goal|aim|objective|extension|liability|claim|loss)(?! notes?)|appointments?|slots?|days?)"
)
_SAID = (
    r"(?:mentioned|stated|known|given|named|available|agreed|said|discussed|clear|covered|confirmed|present|fixed|settled|decided|found|published|documented|recorded|"
    r"written|noted|contained|included|listed|specified|provided|quoted|on record|in (?:it|there|the \w+)|on file|set|established|answered|made)"
)
_SAYS = r"(?:gives?|gave|mentions?|mentioned|names?|named|states?|stated|says?|said|contains?|contained|has|have|had|holds?|shows?|quotes?|confirms?|confirmed|includes?|comes? up|came up|exists?|provides?|tells?|told|specif(?:y|ies)|answered|signed|dropped)"
_YES = r"(?:(?!\w+n['’]t\b|(?:still )?in the dark\b|you\b|not\b|no\b|nothing\b|none\b|never\b|nobody\b|neither\b|nowhere\b|dont\b|doesnt\b|isnt\b|didnt\b|wasnt\b|cannot\b|missing\b|unclear\b|unknown\b|open\b|silent\b|lacks?\b)[\w'’-]+ )"
"""A word that does not turn a condition into its opposite."""
_PAPERS = r"(?:transcript|notes?|papers?|documents?|material|mails?|e-?mails?|text|source|sources|record|records|call|crm|data|input|inputs|information|info|findings|order|tender|plan|facts?|truth|wording|files?|entry|conversation|what)"
_SOURCE = rf"(?:{_PAPERS}|page|lines?)"
"""Papers, and what of them is also counted: “only one page” is a length and no ban."""
_INVENT = (
    r"(?:invent\w*|mak(?:e|ing)(?: [\w’']+){0,3} up|made[- ]up|make[- ]believe|add(?:ed|ing|itions?)?|guess\w*|assum\w+|presum\w+|speculat\w+|hallucinat\w*|fabricat\w*|fictio\w+|fantas\w+|"
    r"embellish\w*|embroider\w*|exaggerate (?:facts|figures)|pad(?:ding)? (?:it|out|with)|extrapolat\w*|interpolat\w*|infer(?:ring|red|ences?)?|conjectur\w*|surmis\w*|hunch(?:es)?|bluff\w*|"
    r"fairy ?tales?|tall tales?|stories|storytelling|fibs?|fibbing|lies|fake\w*|falsehoods?|own (?:ideas|thoughts|theor\w+|knowledge|additions?|conclusions|interpretation\w*|facts?)|outside (?:facts|knowledge|information|sources)|"
    r"imagin\w+|improvis\w*|elaborat\w*|read(?:ing)? (?:\w+ )?into|jump(?:ing)? to conclusions|conclusions|interpret\w*|contribut\w+|supply|throw(?:ing)? in|slip in|sneak in|put(?:ting)? words in|"
    r"(?:dream|think|cook|conjur)\w* (?:\w+ ){0,3}?up|fill(?:ing)? (?:in |up |out )?(?:the |a |any )?(?:gaps?|blanks?|holes?)|(?:general|internet|world|background|outside|external|prior|web) knowledge|"
    r"(?:go|goes|going) beyond|depart from|stray\w*|draw on|out of thin air|made[- ]?up \w+|gaps? with)"
)

FACTS = Facts(
    none=any_of(
        r"nothing|no(?![- ]?go)|none|neither|never",
    ),
    figure=any_of(
        r"prices?|discounts?|rebates?|figures?|dates?|days?|deadlines?|percent\w*|%|rates?|amounts?|how much|compensation|concessions?|fair|charge|slot|when they come|what .{0,12}open with",
    ),
    otherwise=any_of(
        r"(?:otherwise|or else|if not|else|where there isn[’']?t|if there isn[’']?t|if there is none|where there is none|if none|failing that|where not|when not|in doubt)[, ]+(?:just |simply |please |then )?(?:put|write|say|mark|leave|drop|skip|note|a|use|ask|list|omit|flag|state|insert|enter|the \w+ (?:falls|goes|stays|is))",
        r"unknown ?(?:=|->|→) ?\w+|[\w ]{1,40} = (?:open|question|\?|unknown|tbd|blank)|where you guess,? \w+|if in doubt,? \w+|in the dark,? (?:admit|say|write)|call (?:\w+ ){0,2}?(?:undecided|open|unknown|unclear) (?:\w+ ){0,2}?(?:undecided|open|unknown|unclear)",
        r"drop the point|admit (?:it|that|what|where|when)|(?:say|tell|admit|confess|write)(?: \w+){0,2} (?:you[’']re|youre|you are) (?:stumped|not sure|unsure)|(?:when|what|which|who|if)(?: for| to)? nobody knows|\bunknowns\b|(?:flag|say|mark|point out) (?:where|what) (?:\w+ ){0,3}?(?:thin|missing|open|unclear|unknown)",
    ),
    filled=any_of(
        r"(?:put|fill|write|add)(?: in)? (?:what|whatever) (?:you think|seems|is plausible|makes sense|fits)|(?:fill|close|plug) (?:in |up )?(?:the|any|all) (?:gaps|blanks|holes)",
        r"make (?:something|it|things|stuff) up|(?:make up|invent|dream up|think up) (?:an?|some|the|your own) (?:\w+ )?(?:stor(?:y|ies)|tales?|examples?|facts|reasons?|background)|(?:use|take) your (?:imagination|best guess|judgement)|be creative|flesh (?:it|this|them|that|things) out|details that (?:sound|seem|feel|look) (?:right|plausible|good|realistic|convincing)|(?:invent|make up|add) (?:some |a few |realistic |plausible |convincing )+(?:details?|figures?|numbers?|facts)",
    ),
    ban=any_of(
        rf"(?:do not|don[’']?t|dont|never|must not|mustn[’']?t|should not|shouldn[’']?t|shall not|without|no|avoid|not|nothing|please do not|refrain(?:ing)? from|zero|none|free of|nor|stop|anything but|forget|cannot|can[’']t|may not|skip) (?:[\w’']+ ){{0,3}}?{_INVENT}",
        rf"just (?:the facts|what(?: is|[’']s| was| i| she| he| they)|stick)|(?:only|solely|exclusively|strictly) (?:[\w’']+ ){{0,5}}?{_PAPERS}(?: \w+)?|only (?:[\w’']+ ){{0,3}}?(?:that|which) (?:is|are|was|were|appears?|i|she|he|they|you|stands?|can)",
        rf"(?:use|using|include|write|state|report|mention|take|work|stay|keep|based|rely|relying|nothing but|list|stick|draw) (?:[\w’']+ ){{0,4}}?(?:only|solely|exclusively|strictly|just|nothing but) (?:[\w’']+ ){{0,4}}?{_PAPERS}|{_PAPERS} (?:only|alone|and nothing else)",
        rf"(?:stick|sticks|sticking|keep|stay|keeping|staying|hold|adhere|confine yourself|limit yourself|restrict yourself|hew|true|faithful|close|loyal)(?: \w+)? (?:to|with|close to|by) (?:the |what |my |this |her |his |their |these |those )?{_SOURCE}",
        r"nothing (?:else|that|beyond|more|from outside|which|other|outside|invented|added|new|but|i (?:didn|did))(?: this| that| the| than)?|no (?:other|outside|external|additional|further) (?:facts|information|sources?|knowledge|data)|facts only|only facts",
        rf"(?:take|taking) (?:nothing|anything) for granted|(?:is|are|[’']s) all (?:you have|you[’']ve got|there is|that counts)|com(?:es?|ing) (?:only |directly |straight )?from (?:the|my|this|these|our) {_PAPERS}|(?:everything|anything|every|each|any|all|no) (?:[\w’']+ ){{0,3}}?(?:must|has to|have to|needs? to|should|shall|is to|are to|may|can|traceable|backed|supported|based|sourced|grounded) (?:[\w’']+ ){{0,3}}?(?:{_SOURCE}|from|traceable|backed|supported|sourced|beyond|back)",
        rf"(?:traceable|backed (?:up )?by|supported by|grounded in|base (?:every|each|all|everything|it|the answer|your)|derived from)(?: [\w’']+){{0,4}}? (?:{_SOURCE}|order)|(?:unsupported|unsourced|unfounded|unproven|lacking support|without support)(?: [\w’']+){{0,5}}? (?:inadmissible|unacceptable|forbidden|not allowed|stay out|are out)|inadmissible",
        r"(?:don[’']?t|dont|do not|not|no|nothing|never) (?:[\w’']+ ){1,4}?(?:that|which|what|who) (?:[\w’']+ ){0,3}?(?:isn[’']?t|aren[’']?t|is not|are not|wasn[’']?t|was not|not|didn[’']?t|did not|hasn[’']?t|has not|doesn[’']?t|don[’']?t) (?:[\w’']+ ){0,2}?[\w’']+",
        r"based (?:only|solely|strictly|exclusively) on|(?:be|stay) (?:truthful|factual|accurate|honest)|as (?:stated|written|said|it (?:is|was))|word for word|hallucinat\w*|nothing out of|(?:invent|assume|presume|add|guess|make up|contribute|infer|imagine|fabricate) nothing|if it(?:[’']s| is) not (?:in|on) (?:it|there|the \w+),? it (?:isn[’']?t|didn|does)",
        r"(?:keep|leave) (?:your )?(?:imagination|opinions?|guesses|theories|general knowledge|own knowledge)(?: \w+){0,3}? (?:out|aside|to yourself|at home)|(?:don[’']?t|dont|do not) (?:throw|put|give|name|write|state|promise)(?: \w+){0,2} (?:a |any )?(?:dates?|prices?|figures?|numbers?)(?! in the)",
    ),
    gap=any_of(
        r"not (?:\w+ )?(?:in|mentioned|known|stated|said|given|there|clear|agreed|covered|answered|found|included|sure|available|confirmed|decided|settled|fixed|yet|specified|provided|discussed|named|written|supported|listed|established|obtained|resolved|before you|recorded|explicit\w*)(?: \w+)?",
        r"(?:isn[’']?t|wasn[’']?t|aren[’']?t|weren[’']?t|doesn[’']?t|don[’']?t|didn[’']?t|hasn[’']?t|haven[’']?t|can[’']?t|cannot|could ?n[’']?t|do not|does not|did not|was not|is not|were not|are not|has not|have not|fails? to) (?:\w+ ){0,3}?(?:in|mentioned|known|stated|said|given|there|clear|agreed|say|tell|know|answer|find|mention|cover|confirmed|decided|settled|contain|include|named|specified|discussed|follow|exist|appear|give|come up|supported|be found|resolved|answered|sure|state|specify|checked|foggiest|work out|make out|got one|provide|reveal)",
        r"(?:nobody|no one|no-one|noone|neither(?: side| of them)?|none of them) (?:\w+ )?(?:knows?|knew|said|named|gave|answered|mentioned|can say|could say|could tell|confirmed|decided|has|had|settled|agreed|stated|asked)",
        r"unknowns?|unclear|(?<!to )(?<!d )(?<!will )open(?: points?| questions?| items?| issues?| ends?| topics?)?(?! with\b| the\b| a\b| up\b| tours?\b| it\b| them\b)|left open|missing|(?<!in )gaps?|unanswered|unresolved|undecided|unsure|unsettled|undetermined|unfinished|unspoken|unsaid|unmentioned|unnamed",
        r"uncertain\w*|in doubt|ambiguous|no (?:clear )?(?:answer|information|info|figure|date|data|source|mention|evidence|entry|value|line|number|consent|agreement|proof|default|decision|details?|reply|basis|record|backing)|without (?:\w+ )?(?:source|evidence|answer|figure|number|value|provenance|proof|backing|basis|support)(?: \w+)?",
        r"(?:says?|said|mentions?|contains?|gives?|has|is|was|finds?|there[’']s) nothing|nothing (?:is|was|has been|there|in the|mentioned|said|stated|found|known|agreed|definite)(?: \w+)?|lacking|lacks?|tbd|tbc|n/a|unspecified|doubts?|doubtful|still to be|silent|silence|says nothing|say nothing|to be (?:clarified|confirmed|decided)|unconfirmed|unverified|unproven|unsourced|unsupported|outstanding|pending|await(?:s|ing)?|still waiting|up in the air",
        r"assumptions?|blanks?|empty|null|stumped|in the dark|no (?:idea|clue)|thin|dries up|still (?:need|needs|have|has|must|to)(?: to)?|falls short|outside (?:the|these|those|my) \w+|beyond (?:the|these|my) \w+|yet to be|hanging|loose ends?|comes? up empty|when nobody knows|wobbl\w+|shaky|hazy|vague(?:ly)?",
    ),
    instead=any_of(
        r"(?:write|writing|say|mark|list|flag|put|note|state|label|name|call|tag|show|type|tell|admit|confess|own up|point out|highlight|report|collect|gather|add|give|enter|indicate|ask|leave|skip|omit|mention|separate|keep|move|set|insert|include|turn|drop|pass over|use|goes?|belongs?|treat|phrase|raise|make|end|close|finish|park|underline|bracket|record|print|place|designate|strike|cut|delete|remove|refer|footnote|star|asterisk|become|get|file|classify|declare|express|return|output|display|quote|pose|word)(?:s|d|ed|ing|ged|ped|en|ten)?\b",
        r"left out|tbd|tbc|n/a|\?\?+|\[[a-z ?]{1,30}\]|got to be asked|to be asked|something to ask|then under|under (?:the )?(?:heading |title )?[\"“‘']|struck|falls? away|fell away|stays? (?:blank|empty|out)|comes? (?:last|at the end|under|in|into|on)|undecided|unverified",
        r"[\"“‘'](?:open|unknown|not known|not mentioned|unclear|n/a|tbd|to be clarified|to be confirmed|not stated|missing|\?|not in (?:the )?\w+|not agreed|not said|unconfirmed|no information)[^\"”’']{0,30}[\"”’']",
        r"separately|own (?:list|section|heading)|under (?:the )?(?:heading )?[\"“‘']?open|(?:second|separate|extra|final|closing|last) (?:list|section|heading|column|block|paragraph)|heading of (?:its|their) own",
        r"as (?:open|unknown|a question|questions|tbd|missing|an open|unclear|unconfirmed|undecided|not)|tag on|question mark|\?(?= (?:next|beside|behind|after))",
    ),
    unknowable=any_of(
        r"(?:current|latest|recent|today[’']s|up[- ]to[- ]date|newest|live) (?:\w+ ){0,2}?(?:market|prices?|news|data|figures?|share price|stock|trends?|exchange rates?|developments?|turnover|revenue|situation|studies|statistics|numbers)",
        r"market (?:data|share|size|prices?|trends?|rates?|situation|analysis|growth|average|position)|(?:share|stock) price|(?:usual|typical|normal|average) (?:market )?(?:prices?|rates?|discounts?|margins?)",
        r"(?:competitors?|competition|rivals?|other (?:bidders?|suppliers?|side))(?:[’']s|s[’']|[’'])? (?:\w+ )?(?:prices?|offers?|pricing|rates?|quote|terms|products?|strateg\w+|discounts?|bids?)|who[’']?s the (?:other )?(?:supplier|competitor|competition|rival)|can we beat (?:them|it|him|her)",
        r"what (?:the )?(?:competitors?|competition|others|rivals) (?:charges?|offers?|is doing|are doing|do|will|come in)|(?:how|what) (?:\w+ ){0,3}?(?:cheaper|more expensive|dearer) (?:\w+ ){0,2}?(?:is|are|than)",
        r"what (?:\w+ ){0,4}?(?:really |actually |secretly )?(?:thinks?|feels?|wants|likes|believes|makes|reckons?|is thinking|are thinking)(?: of| about)?|what (?:she|he|they|\w+) (?:is|are|[’']s) (?:thinking|feeling|hoping|hiding)|what (?:will|would|might) (?:\w+ ){1,4}?(?:say|do|decide|answer|think|offer)|keeps (?:\w+ ){1,4}up at night|how (?:\w+ ){0,4}?(?:feels?|felt)",
        r"(?:mood|sentiment|true intentions?|real intentions?|hidden (?:agenda|motives?|needs?)|real (?:reason|budget|motive)|(?:their|his|her|the) (?:\w+ )?budget(?: they| she| he)?|pain points?)",
        r"(?:probability|likelihood|chances?|odds)(?: of| that)?|how likely|p\(win\)|win (?:rate|probability)|will we (?:win|get)",
        r"(?:whether|if|when) (?:\w+ ){1,4}?(?:will|would|is going to|are going to) (?:\w+ )?(?:buy|sign|order|decide|say yes|accept|agree|approve|renew|close|cancel|leave|pay|go for|come back|be back|return)",
        r"will (?:they|she|he|the \w+) (?:\w+ )?(?:buy|sign|order|decide|accept|agree|approve|renew|cancel|leave)|predict\w*|forecast\w*|when (?:she|he) (?:comes|is|will be|gets) (?:back|again|well|better)",
        r"(?:search|google|browse|look up|check) (?:\w+ ){0,3}?(?:web|internet|online|google|linkedin|website|net|news|handelsregister)|ruling on|who(?: has|[’']s| is| was|[’']s in the) (?:the )?(?:right|wrong)",
        r"(?:from|use) (?:the )?(?:internet|web|your (?:own )?knowledge|what you know)|industry (?:benchmarks?|averages?|standards?|figures|trends|news)|how (?:good|competent|capable|reliable) (?:\w+ ){0,3}?(?:is|are|was)|(?:is|are) (?:she|he|they) any good",
        r"(?:make up|invent|dream up|think up) (?:an?|some|the|your own) \w+|benchmarks?|statistics|(?:annual )?(?:turnover|revenue|headcount|number of employees)|news (?:about|on|of|from)|latest|whose (?:mistake|fault|error|responsibility)|root cause",
        r"add (?:some )?(?:impressive |realistic |typical |convincing )?(?:figures|numbers|statistics|facts|references)|(?:amount|sum|figure) to be (?:tendered|offered|paid)",
        r"(?:case studies|references|success stories)|roi|payback(?: time| period)?|(?:the )?savings? (?:in|of|per|we|they|potential|figure)\w*|how much (?:\w+ ){0,3}?(?:saves?|save|saving|cost|costs)|whether (?:the |this |it |\w+ ){0,3}(?:is|are) (?:covered|liable|included|sufficient|enough)",
    ),
    soft=any_of(
        rf"(?:if|in case|provided(?: that)?|providing|where|as long as|so long as|assuming|on condition that|insofar as|to the extent that|in so far as|unless|iff) {_YES}{{0,9}}?{_SAYS}(?! (?:no|none|nothing|neither|never|not)\b)(?: \w+)?",
        rf"(?:^|(?<=[.,;?!] ))should (?:the|a|an|any|she|he|it|they|there|this|my|our|one|mr|ms|mrs) {_YES}{{0,9}}?(?:{_SAYS}|give|mention|name|state|say|contain|be|include|{_SAID})|when {_YES}{{1,6}}?ha(?:s|ve) (?:answered|confirmed|been|said|replied|agreed)",
        rf"(?:if|in case|provided(?: that)?|providing|where|as long as|so long as|assuming|on condition that|insofar as|to the extent that|iff) {_YES}{{0,9}}?{_SAID}(?![’'\w])",
        r"(?:if|in case) there (?:is|was|are) (?:a|an|one|some|any) (?!unclear|open|doubt)\w+|(?:if|where|when|as|wherever) (?:mentioned|stated|known|given|named|available|applicable|agreed|documented|discussed|there(?=[.,;)]|$)|present)|(?:only|solely) (?:if|where|when|in case|provided|insofar)(?! in doubt)|just your estimate|where you guess|provided one|as far as (?!i\b|we\b)\w+|(?:only|solely|just) (?:where|if|when|in case)",
        r"(?:if|in case|provided) (?:it|there|they|that|this)(?:[’']s| is| are| was) (?!not\b|no\b|nothing\b)(?:[\w'’-]+ ){0,3}?(?:in|on|there|written|down|mentioned|a|any|anywhere|somewhere)|if you (?:can )?(?:find|see|spot) (?:it|one|them|any)|if any|if so",
    ),
    negation=any_of(
        r"not|n[’']?t|don[’']?t|dont|do not|never|no|without|avoid|nothing|none|neither|nor|leave out|leave|skip|omit|isn[’']?t|mustn[’']?t|shouldn[’']?t|won[’']?t|cannot|can[’']?t",
        r"instead of|rather than|unless|keep out|except|exclude|refrain|must not|should not|didn[’']?t|wasn[’']?t|doesn[’']?t|hasn[’']?t|zero|less",
    ),
    decide=any_of(
        rf"(?:decid(?:e|ing)|determin(?:e|ing)|set(?:ting)?|fix(?:ing)?|choos(?:e|ing)|pick(?:ing)?|select(?:ing)?|approv(?:e|ing)|promis(?:e|ing)|guarantee(?:ing)?|commit(?:ting)?(?: us)?(?: to)?|confirm(?:ing)?|grant(?:ing)?|agree(?:ing)?(?: to| on)?|calculat(?:e|ing)|work out|offer(?:ing)?(?: (?:them|her|him|the customer|a|an))?|give (?:them|her|him|the \w+)|assign(?:ing)?|negotiate|put in|finali[sz]e|settle|agree|go for|throw in|chuck in|waive|accept|reject|schedule|book) (?:on |for |us |to |me |them |her |him |of )?{_MATTER}",
        r"decid(?:e|es|ing) (?:\w+ ){0,3}?(?:whether|if|who|which|what|how|for (?:me|us)|on|about|between)|you (?:can |may |should |must |get to )?(?:decide|choose|judge)|(?:your|a) (?:ruling|verdict|decision|judgement) on|rule on",
        r"decide(?: for (?:me|us)| you)?(?=[ .,;!]|$)",
        r"(?<!do is )(?:pick|choose|set|fix) (?:a|the|an|one) (?:\w+ ){0,2}?(?:day|date|time|slot|price|deadline|winner|supplier|option|tour|figure|number)",
        r"(?:incl(?:uding|\.|ude)?|with|plus|add|put|state|name|insert|mention|offer)[^.;!?]{0,60}? (?:an? )?(?:appropriate|realistic|suitable|fair|attractive|reasonable|competitive|sensible|good|generous|decent|tempting|plausible) (?:\w+ ){0,2}?(?:discount|price|date|deadline|offer|rebate|term|compensation|figure)s?",
        r"(?:incl(?:uding|\.|ude)?) (?:a |the )?(?:price per \w+|price|discount)|(?:what|whatever) (?:\w+ ){0,3}?you (?:think|find|see|deem|consider|feel)(?: is| seems| it)? (?:fair|fit|right|best|reasonable|appropriate|proper)|you (?:find|think|consider) (?:tempting|attractive|fair|right|appropriate|reasonable)",
        r"(?:we|i)(?:[’']ll| will)? (?:pay|cover|refund|waive|give|take|bear) (?:half|all|the (?:whole|full|entire|loss|costs?|damage|invoice|bill)|back|them|him|her|\d+)|tell (?:him|her|them) (?:yes|no|we accept|we agree|we[’']ll)|(?:give|chuck in|throw in|grant|allow|offer)(?: \w+){0,2}? \d+ ?(?:%|per ?cent)",
        r"who(?: is|[’']s| was| has|[’']s in the) (?:the )?(?:right|wrong|to blame|at fault|responsible for)|whose (?:fault|mistake|error)|settle (?:\w+ ){0,5}?(?:who|whose|whether|which)",
        r"(?:rate|score|grade|rank|judge|evaluate|assess|classify|profile) (?:\w+ ){0,4}?(?:buyer|contact|colleague|rep|reps|person|people|performance|him|her|them|manager|engineer|team|salesperson|skills?|honesty|competence|personality|attitude|character|how (?:good|well|competent|reliable|serious|honest|interested) \w+)",
        r"how (?:good|competent|reliable|honest|serious|trustworthy|capable|well) (?:\w+ ){0,3}?(?:is|are|was|did|does|do|performs?)|(?:is|are|was) (?:she|he|they|\w+) (?:any good|good|competent|up to|reliable|capable|honest)(?: at)?|any good at (?:her|his|their)",
        r"(?:promise|guarantee|commit)(?: to)?(?! nothing| no\b| anything| ?\?)|assure (?:him|her|them|the \w+)|(?:confirm|promise|guarantee)(?: to)? (?:him|her|them|the \w+)(?: that)?|confirm that (?:we|delivery|it|the|this|our)|tell (?:them|her|him|the customer|the client) (?:that )?(?:we|they|she|he) (?:will|can|get|gets|accept|agree|guarantee)",
        r"(?:of|at) your (?:choice|choosing|discretion)|make (?:the|a|that|this) decision|best price|we (?:will |can )?(?:guarantee|promise|accept|deliver (?:by|on|before|within)|agree|grant|give|offer)",
    ),
    recommend=any_of(
        r"(?:how much|what|which) (?:\w+ )?(?:discount|price|rebate|concession|figure|goal|offer|percentage|%)s? (?:\w+ ){0,4}?(?:we|i|to|can|should|is|you|would)(?:[’']d)?|(?:what|which|how much|whatever) (?:\w+ ){0,2}?you(?:[’']d| would) (?:think right|open with|offer|advise|go for|charge|quote|pay|give|do|suggest|recommend)",
        r"(?:should|shall) (?:we|i) (?:\w+ ){0,2}?(?:bid|offer|quote|drop|accept|sign|walk|go|take|pursue|give|agree|pass|decline|continue|hire|fire|buy|reject|call|chase|do|pay|cover|refund)",
        r"(?:whether|if) (?:we|i|or not we|to|it[’']?s) (?:\w+ ){0,2}?(?:bid|offer|quote|drop|accept|sign|walk|pursue|give|agree|pass|decline|continue|hire|grant|keep|go|worth|chase|should)",
        r"(?:discount|price|rebate|figure|concession|amount) (?:that )?(?:we|i) (?:ought|should|could|can)(?: to)?|(?:your )?(?:tip|opinion|view|take|advice|thoughts?|idea) on (?:what|how much|the price|a price|which|whether|the discount)(?: (?:we|i))?(?: should)?(?: charge)?",
        r"(?:would|wd) (?:you|u) (?:advise|suggest|recommend|offer|go|give|do)|worth the effort|advice|go or no[- ]go|bid or (?:no|not|drop)|chase or drop|price we could|what you(?:[’']d| would) advise",
        rf"(?:recommend(?:ing|ed|ation(?: on| for| about)?)?|suggest(?:ing|ed|ion(?: on| for)?)?|propos(?:e|ing)|advis(?:e|ing)|advice(?: on| about)?|your (?:opinion|view) (?:on|about)|what would you|tell me what|best option|which option) (?:us |me |them |her |him )?(?:\w+ ){{0,3}}?(?:{_MATTER}|whether|if|who|which|how much|what (?:%|to|percentage)|strategy|decision|do|when (?:they|we|he|she))",
        r"recommendation|recommend|what (?:should|would you) (?:we|i|do)(?: do)?|what you would do",
    ),
    theirs=any_of(
        r"(?<!will )(?<!does )(?<!did )(?<!should )(?<!shall )(?<!do )(?:i|we|they|my manager|my boss|our \w+|the (?:team|lead|manager|rep|planner|pricing|sales|head|person|customer|two sides|\w+ team|\w+ manager|director|committee|board|bosses)|a (?:person|human|colleague|manager)|people|humans?|(?:sales )?management|sales|pricing|someone|\w+ lead|regional manager|\w+ management) (?:will |then |still |alone |myself |ourselves |have to |has to |must |should |would |want to |can |make the |makes the |keep the |always )*(?:decides?|decision|set|sets|choose|chooses|pick|picks|approves?|call|settle|settles|rules?|rule|sign off|signs off)",
        r"(?:decided|approved|set|settled|signed off|made|ruled on) by (?:the |our |my |a )?\w+|(?:penalty|discount|price|decision|pricing|claim|call|money|date) (?:\w+ ){0,2}?(?:remains?|stays?|rests?|lies) (?:with|for)",
        r"(?:decision|decisions|choice|call|price|pricing|say) (?:stays?|remains?|is|are|lies|belongs?|will be) (?:\w+ ){0,3}?(?:mine|ours|with|to|up to|made by|for|my|by)",
        r"(?:is|are|it[’']s|that[’']?s) (?:not yours|up to (?:me|us|\w+)|mine|ours|my (?:job|call|decision|business)|our (?:job|call|decision))|do not decide|don[’']?t decide|not to decide|without deciding",
        r"not (?:yours|your (?:job|decision|call))|(?:is|are) my business|leaves? the (?:call|aim|decision|choice) to|for (?:me|us|people|her|him|them) to decide|before (?:i|we) decide|decision (?:is )?(?:mine|ours)",
        r"(?:up to|leave (?:\w+ ){0,4}?to|left to|stays with|stay with) (?:me|us|the|my|our|a|people|a person|pricing|sales)|as (?:an )?options?|the choice is mine",
    ),
    private=any_of(
        r"(?:off )?sick(?: leave|ness| note)?|illness(?:es)?|(?<!be )ill(?! be\b)|cancer|burn-?out|depress(?:ed|ion)|surgery|operated on|diagnos\w+|health(?: problems?| issues?)|disab(?:led|ility)|slipped dis[ck]|bad back|back (?:pain|trouble)|migraines?|heart (?:attack|trouble)|in hospital|therapy|rehab|broke (?:her|his) \w+",
        r"pregnan\w+|(?:maternity|paternity|parental) leave|maternity|divorc\w+|separat(?:ed from|ion)|(?:ex-?)?wife|(?:ex-?)?husband|kids?(?![’'])|children(?![’'])|twins|(?:new )?baby|son|daughter|marri(?:ed|age)|girlfriend|boyfriend|fiance\w*|widow\w*|single (?:mum|mom|mother|dad|father|parent)|(?:her|his|poorly|sick|my) (?:mum|mom|mother|dad|father|brother|sister|parents)",
        r"religio\w+|muslim|jewish|catholic|christian|church\w*|atheist|politic(?:s|al views?)|votes? (?:for|labour|tory|green)|gay|lesbian|drinks?(?: too much| a lot)|alcohol\w*|drunk|birthday|star sign|smok(?:es|er)",
        r"lazy|stupid|idiot|arrogant|moody|difficult (?:person|character|man|woman|guy|lady|type)|grumpy|annoying|stubborn|touchy|prickly|vain|naive|incompetent|unreliable|choleric|worrier|drama queen|tightwad|penny[- ]pincher|skinflint|miser(?:ly)?|know-it-all|pedant|control freak|bossy|snappy|rude|nasty (?:man|woman|piece)|old (?:goat|dragon|fox)|chatterbox|moaner|whiner|a softie",
        r"nervous (?:type|person)|hot-?headed|bad[- ]tempered|short[- ]tempered|impatient(?: type| person| man| woman)?|age(?:d)? \d+|(?<!over )(?<!than )\d+ years old|born (?:in|on)|home address|lives? (?:in|at|near)|salary|private (?:number|mobile|address)|trade union|ethnic\w*|overweight",
        r"a bit (?:difficult|slow|dim|odd|weird|vain|cold|chaotic|of a \w+)|weird|bully|a (?:real |right |bit of a )?pain|(?:always|constantly|forever) (?:complain|moan|whin|grumbl|nag|shout)\w*|never satisfied|typical (?:him|her)|aggressive|cheapskate|stingy|a sod|hard nut|(?:she|he|they|one)(?:[’']s| is| seems| sounds| can be| was) (?:rather|quite|very|so|pretty|always|really|such a|a little|terribly|always) (?!busy|interested|happy|unhappy|satisfied|keen|important|new|technical|clear|sure|late|experienced|open|good|much|far|close|likely|short of|the\b|right|on\b|in\b|at\b|with\b)\w+",
    ),
    leads=right_behind(r"\A[^.!?;:→=]{0,45}(?:->|→|=>|⇒|:|=) ?[\"“”'‘’\[(]?(?:\w+|\?)"),
    guess=any_of(
        r"estimat(?:e|ed|es|ion)|guess(?:es|timate|timates)?|guess-?work|hunch(?:es)?|ballpark|roughly|rough|hypothes[ie]s|best guess|shot in the dark|finger in the air|gut feel\w*|educated guess|interpolat\w+|speculate|prediction|tentative|reckon(?:ing)?",
    ),
    subject=right_behind(
        r"(?:(?<!\w)(?:do is|they|he|she|we|i|who|which|that|will|can|may|must|should|shall|to|people|nobody|director|customer|client|management|service|dispatch|desk|sales|planner|manager|boss|bosses|team|committee|side|sides|lead|colleague|pricing|estimating)(?: (?:then|alone|still|also|themselves|only|always|will|can|must))? )\Z",
    ),
    harmless=any_of(
        r"(?:questions?|wordings?|topics?) (?:to (?:start|ask|begin|put)|for the call)|start with|order(?! value)|ordering|sequence|sorted?|wording|headings?|headlines?|titles?|subject line|tone|layout|first|last|drop if|look up|which (?:\w+ )?(?:questions?|points?|objections?|arguments?|risks?|items?)|severity|ranked",
    ),
    of_somebody=any_of(r"she|he|her|his|mrs?|ms|dr|buyer[’']s|boss[’']s"),
    excluded=any_of(
        r"(?:stay|remain|is|are|be|kept|left|keep|goes?|gets?)s? (?:\w+ )?(?:out(?:side)?|off|aside|away|unmentioned|private|taboo)|(?:do|does|is|are|should|must|will|may|has|have)(?: not|n[’']?t) (?:\w+ )?(?:belong|appear|mentioned|named|needed|included|place|part|go in|come up|be in|be there|show up)|(?:has|have) no (?:place|business)|(?:is|are) (?:nobody[’']s|none of|not for)|off limits|taboo|drops? out|(?:is|are|be|gets?) (?:omitted|skipped|deleted|cut|removed|dropped|excluded|struck)",
    ),
    asks_them=any_of(
        r"questions? (?:[\w’']+ ){0,6}?(?:about|on|regarding|concerning|around|for|that|to)|ask(?:ing)? (?:them|her|him|the \w+|about|for|whether|if|what|when|how|who)|find out from (?:them|her|him)|enquir\w+ (?:about|after)",
    ),
)
