"""What the judge listens for in German when it comes to facts: gaps and bans, what nobody can know, what people decide, what is private."""

from training.judge.lexicon import Facts, any_of, right_behind

_MATTER = (
    r"(?:den |die |das |dem |der |einen |eine |ein |unseren |unsere |unserem |ihren |ihre |ihrem |welchen |welche |welches |welcher |endgültigen |besten |beste |fairen |guten |neuen |neue |genauen |konkreten |konkrete |festen |verbindlichen |verbindliche |passenden |angemessenen |finalen |geforderten |runden ){0,5}"
    r"(?:\w*preise?n?s?|\w*rabatte?n?s?|\w*nachl(?:ass|ässe)|skonto|margen?|konditionen|\w*aufschl(?:ag|äge)|\w*zuschl(?:ag|äge)|\w*bedingungen|\w*fristen?|\w*termine?n?|lieferzeit(?:en)?|zugeständnisse?|\w*budgets?|\w*gebühren?|kulanz|\w*gutschrift(?:en)?|\w*entschädigung|vertragsstrafe|\w*laufzeit(?:en)?|"
    r"\w*vergütung|\w*rate|prozentsatz|gewinner|lieferanten?|kandidat(?:en|in)?|go/?no-?go|prioritäten?|zahlungsziele?|strategie|(?:gesprächs)?ziele?|\w*datum)"
)
_SAID = (
    r"(?:genannt\w*|erwähnt\w*|bekannt|vorhanden|gesagt\w*|vorkommt|vorkommen|vorkam|vereinbart|angegeben|drin|drinsteht|geklärt|hervorgeht|vorliegt|vorliegen|fest|feststeht|dasteht|dastehen|ersichtlich|besprochen|gefallen|beziffert|geäußert|dokumentiert|"
    r"aktenkundig|belegt|beantwortet|bestätigt|zugesagt|enthalten|notiert|vermerkt|gefunden|auftaucht|ausgesprochen|entschieden|verraten|angibt|angeben|nennt|hergibt|hergeben|steht|stehen|stünde|gibt|kam|fiel|fällt|verrät|schreibt|geschrieben|existiert|abgestimmt|fix|da ist|da sind|war|ist|hat|wurde)"
)
_YES = r"(?:(?!nicht\b|nichts\b|nie\b|keine?[nrsm]?\b|niemand\b|keiner\b|ohne\b|offen\w*\b|unklar\w*\b|un(?:bekannt|geklärt|beantwortet)\w*\b|fehl\w*\b|weder\b|nix\b|du\b)[\w’-]+ )"
"""A word that does not turn a condition into its opposite."""
_SOURCE = r"(?:\w*transkript\w*|\w*notizen|\w*unterlagen|\w*material\w*|\w*mails?|\w*text(?:e|en|es)?|quellen?|\w*einträge?n?|\w*eintrags?|\w*gespräche?s?|\w*telefonats?|crm|daten|angaben|fundstellen|fakten|tatsachen|dokumente?n?|papiere?n?|protokoll|wortlaut|vorlage|akte|system|gesagte[ns]?|vorliegende[ns]?|geschriebene[ns]?|material|zeile|plan)"
_INVENT = (
    r"(?:erfind\w*|erfund\w*|\w*dazu ?(?:erfind|dicht|tu|pack|reim|schreib|denk|fantasier)\w*|hinzu ?(?:füg|erfind|dicht|kommen)\w*|hinzuzu\w*|hinzufügung\w*|ausdenk\w*|auszudenk\w*|ausgedacht\w*|spekul\w*|vermut\w*|mutmaß\w*|rat(?:e|en)|geraten\w*|annahmen?|anzunehmen|annehmen|"
    r"\w*interpret\w*|halluzin\w*|fantas\w*|phantas\w*|ergänz\w*|behauptung\w*|behaupten|eigen(?:e[srnm]?|kreation\w*)|erfindung\w*|ausschmück\w*|aufbausch\w*|beschönig\w*|zusammenreim\w*|märchen|geschichten|story|stories|lügen\w*|flunker\w*|schwindel\w*|luftschlösser|luftnummern|fake\w*|unterstell\w*|"
    r"fiktion\w*|fiktiv\w*|erdacht\w*|hinein ?(?:lesen|deuten|dichten|interpret)\w*|in den mund|beisteuer\w*|beitrag\w*|stricken|fabulier\w*|schluss ?folger\w*|allgemeinwissen|weltwissen|internetwissen|wissen (?:von außen|aus dem|aus anderen)|vorwissen|\w*fachwissen|theorien|zutaten|gedichtet\w*)"
)

FACTS = Facts(
    none=any_of(
        r"nichts|nix|kein(?:e|en|em|er|es)?|niemals|nie",
    ),
    figure=any_of(
        r"\w*preise?|\w*-?pricing\w*|\w*rabatte?|\w*nachl(?:ass|ässe)|\w*prozent\w*|wie ?viel|höhe|\w*rate|\w*vergütung|\w*termin|\w*frist|betrag|\w*datum|bis ende|vorschlag|summe",
    ),
    otherwise=any_of(
        r"(?:sonst|ansonsten|andernfalls|falls nicht|wenn nicht|wo nicht|im zweifel|falls doch nicht)[, ]+(?:kommt|schreib\w*|lass\w*|setz\w*|mach\w*|„|weg\w*|frag\w*|notier\w*|vermerk\w*|steht|trag\w*|markier\w*|(?:bitte|einfach|ein|eine|einen) (?:[„\"]?\w+[“\"]? )?(?:schreib\w*|fragezeichen|strich|setz\w*|weglass\w*|notier\w*|vermerk\w*|hinschreib\w*|markier\w*))",
        r"schweig\w* [^.;]{0,60}(?:vermerk|schreib|sag|notier|lass)\w*|annahmen heißen|unbekannt ?(?:=|→|->) ?\w+",
        r"schreib (?:\w+ )?[„\"](?:vermutung|offen|unklar|unbekannt|fehlt)",
        r"nicht (?:geprüft|freigegeben|geklärt|entschieden)[^.;]{0,60}(?:sag|nenn|schreib|vermerk)\w*|unbeantwortetes kommt|setz\w* [\[„\"]offen|(?:das wissen wir|weiß ich|wissen wir) (?:noch )?nicht",
    ),
    filled=any_of(
        r"(?:ergänz|füll|setz|denk)\w* (?:\w+ ){0,4}?(?:sinnvoll|was passt|was du für|nach gefühl|plausibel|realistisch)\w*|(?:füll|schließ|stopf)\w* (?:die |alle )?lücken",
        r"denk\w* (?:dir|sie sich) (?:was|etwas|(?:\w+ ){0,3}?(?:geschichten?|story|beispiele?|gründe?|hintergründe))(?: [\w-]+){0,4}? aus|erfinde?n? (?:sie )?(?:was|etwas|(?:\w+ ){0,3}?(?:geschichten?|story|beispiele?|gründe?))|sei kreativ|lass dir was einfallen|(?:erfinde|ergänze) (?:\w+ ){0,2}?(?:passende|plausible|realistische|glaubhafte)\w*",
    ),
    ban=any_of(
        r"bleib\w* (?:bei|an) (?:dem|der|den|dem,|was)(?:,? was)?(?: \w+)?|(?:halt\w*|beschränk\w*|stütz\w*) dich (?:\w+ ){0,2}?(?:an|auf) \w+|alles nur aus|nur mit dem arbeiten|nur mit \w+|(?:allein|alleine) (?:der|die|das|auf|aus|aufgrund|anhand) \w+",
        rf"(?:nichts?|kein(?:e|en|er|es)?|nie|niemals|ohne|nix|no|bloß nicht|nicht|weder) (?:[\w’]+ ){{0,6}}?{_INVENT}|(?:nichts?|nix|kein(?:e|en)?|no|ohne) (?:\w+ ){{0,3}}?(?:fake facts?|fakes?|luftschlösser|dazutun|dazupacken)|luftschlösser nein",
        r"(?:erfinde?|erfinden sie|denk\w*|dicht\w*|spekulier\w*|rate|vermute|ergänz\w*|interpretier\w*|schmück\w*|behaupte|errate|halluzinier\w*|unterstell\w*) (?:[\w’]+ ){0,4}?(?:nichts|nix|keine[nrs]?|nie|nicht)|(?:füg\w*|nimm|pack\w*|leg\w*|steuer\w*|schreib\w*) (?:[\w’]+ ){0,4}?(?:nichts|nix|keine[nrs]?|nie|nicht)(?= (?:\w+ ){0,4}?(?:dazu|hinzu|aus|an|bei|erfund\w*|fakten|zahlen|daten|in den mund|die|das|was)\b|[.,;!]|$)",
        r"nur (?:was|das|die|aus|mit|fakten|infos?|informationen|angaben|dinge|sachen|inhalte|verwende|nutze|auf|anhand|belegte\w*|gesagte\w*|genannte\w*|tatsächlich\w*)(?: \w+)?|(?:ausschließlich|lediglich|einzig) (?!dann|wenn)\w+(?: \w+)?",
        rf"(?:jede[rs]?|alle|sämtliche) (?:[\w’]+ ){{0,3}}?(?:muss|müssen|hat|haben|soll|sollen|stamm\w*) (?:[\w’]+ ){{0,4}}?(?:{_SOURCE}|stammen|belegbar|belegt|nachweisbar|wiederfinden|gedeckt|beruhen)|muss (?:sich )?(?:\w+ ){{0,5}}?(?:wiederfinden|stammen|belegbar|belegt)|(?:datenbasis|quelle|grundlage|basis) ?(?:=|:|ist|sind) (?:\w+,? )?(?:nur|allein|{_SOURCE})",
        rf"(?:{_INVENT}|unbelegte\w*|zutaten|internetwissen|annahmen|eigenes|spekulation\w*)(?: [\w’]+){{0,5}}? (?:unzulässig|unterbleiben|verboten|tabu|vermeiden|außen vor|weglassen|unerwünscht|draußen|raus|verzichten|nein|untersagt|lassen)|verzicht\w* auf (?:\w+ ){{0,2}}?{_INVENT}",
        r"nichts (?:anderes|weiteres|sonst|darüber hinaus|außerhalb|zusätzliches|dazu|neues|hinzu|von außen|eigenes)|sonst nichts(?! sagt| steht| dazu| hergibt| findet)|(?:verwende|nutze|nimm|nutzen sie|verwenden sie|benutze) (?:\w+ ){0,2}?(?:nur|ausschließlich)",
        r"kein(?:e|en)? (?:\w+ )?(?:anderen|externen|eigenen|zusätzlichen|weiteren|neuen) (?:fakten|infos?|informationen|quellen|zahlen|angaben|ideen|daten)|faktentreu|wahrheitsgemäß|wortgetreu|nur (?:belegtes|fakten|gesagtes)|bei den fakten|quellentreu|halluzin\w*",
        r"so,? wie (?:es|sie) (?:da|dort|im|in)|(?:keine?|nichts?) (?:[\w’]+,? ){0,4}?(?:die|das|was|der) (?:[\w’]+ ){0,4}?(?:nicht|nirgends|nie)\b(?: \w+)?|(?:keine?n?|nichts?) \w+ sagen,? (?:die|das|was) (?:\w+ )?(?:nicht|ist nicht)|maßgeblich ist|authentisch bleiben",
    ),
    gap=any_of(
        r"(?:nur )?vermutet\w*",
        r"nicht (?:\w+ ){0,3}?(?:bekannt|erwähnt\w*|genannt\w*|gesagt\w*|klar|geklärt\w*|drin|drinsteht|vorkommt|vorkommen|steht|stehen|enthalten|vereinbart|weißt|wissen|weiß|angegeben|beantwortet|belegt|besprochen|feststeht|fest|hervorgeht|zu finden|gefunden|findest|sicher|vorliegt|vorliegen|entschieden|abgestimmt|bestätigt\w*|zugesagt|belegbar|eindeutig|ersichtlich|da steht|dasteht|ausgesprochen|definiert|vorhanden|auftaucht|ableitbar|abgedeckt|her|hergibt|geprüft|freigegeben|festnageln|verraten|schlau|dabeisteht|beziffert)",
        r"(?:nichts|nix) (?:\w+ ){0,4}?(?:steht|sagt|gesagt|dazu|findest|findet|finden|hergibt|hergeben|her|bekannt|drin|drinsteht|weißt|enthält|vorliegt|da|dabei|genannt|geschriebenes|belegtes)|(?:auf|über|zu) nichts|(?:gibt|geben) (?:[\w’]+ ){1,5}?nicht her",
        r"un(?:bekannt|klar|geklärt|sicher|beantwortet|entschieden|eindeutig|genannt|bestätigt|belegt|bestimmt|gesagt|geprüft|gewiss)\w*|offen(?:e|en|es|er|geblieben\w*|gelassen\w*)?(?! stellen?\b| für\b| gesagt\b| gestanden\b)",
        r"fehl(?:t|en|te)?|fehlende[nrs]? (?:infos?|information\w*|angaben?|daten|werte?|punkte?|zahl\w*|antwort\w*)|fehlendes|lücken?(?! in mein)|leer(?:e[srn]?)?|weiße flecken|(?:keiner|niemand) (?:[\w’]+ ){0,6}?(?:genannt|wusste|weiß|gesagt|sagt|beantwortet|festgelegt|zugesagt|kennt|nennt)(?: hat)?",
        r"kein(?:e|en|er)? (?:\w+ )?(?:angaben?|informationen|infos?|zahl|datum|antwort|quelle|aussage|beleg|wert|hinweis|termin|preis|eintrag|zeile|nachweis|entscheidung|aussagen)\w*(?! (?:\w+ ){0,3}?(?:nennen|erwähnen|angeben|zusagen|treffen|machen|versprechen|aufnehmen|schreiben|verwenden|einfügen|erfinden))|zu klären|wackelt|wackelig\w*|in der luft|in der schwebe|noch dran (?:ist|sind)|wenn (?:eine )?antwort gibt es (?:heute )?nicht",
        r"klärungsbedarf|zweifel(?:s|n|haft\w*)?|nachzufragen|ohne (?:\w+ )?(?:beleg|quelle|antwort|angabe|wert|nachweis|fundstelle)\w*|tbd|k\. ?a\.?|noch aussteht|aussteh\w+|steht aus|annahmen?|strittig\w*|klären|noch zu besorgen|ausbleib\w*|schweig\w*|hergibt|gerücht\w*|weiß ich nicht|etwas nicht",
    ),
    instead=any_of(
        r"(?:schreib\w*|reinschreib\w*|hinschreib\w*|dazuschreib\w*|sag\w*|markier\w*|kennzeichne\w*|gekennzeichnet|liste\w*|auflist\w*|aufzulist\w*|notier\w*|vermerk\w*|nenn\w*|setz\w*|gib\w*|weglass\w*|wegzulass\w*|lass\w*|auslass\w*|frag\w*|nachfrag\w*|sammel\w*|sammle\w*|führ\w*|stell\w*|zeig\w*|mach\w*|pack\w*|kommt|kommen|gehör\w*|trag\w*|eintrag\w*|einzutrag\w*|eingetragen)\b",
        r"(?:hinweis\w*|hinzuweis\w*|weis\w*|erwähn\w*|benenn\w*|formulier\w*|ausweis\w*|auszuweis\w*|festhalt\w*|halt\w*|überspring\w*|streich\w*|trenn\w*|bleibt|bleiben|bezeichn\w*|unterstreich\w*|versieh\w*|versehen|klammer\w*|steht|stehen|sprich\w*|zugeben|gib zu|ansprech\w*|darunter|ersetz\w*|entfällt|entfallen|bekommt|bekommen|kriegt|kriegen|verschieb\w*|verschoben|wander\w*|landet|landen|rein|strich|sternchen|fußnote|wird zu[rm]?|werden zu|hin|hinten|anruf\w*|leer)\b",
        r"als (?:offen|unbekannt|frage|fragen|unklar|lücke|annahme|annahmen|ungeklärt|offene\w*|fehlend|leer\w*|„|\")",
        r"weg(?:lassen|gelassen|zulassen)|tbd|k\. ?a\.?|n\. ?b\.?|\?\?+|\[[a-zäöü ?]{1,30}\]",
        r"[„\"‚'»](?:offen|unbekannt|nicht bekannt|nicht genannt|unklar|fehlt|k\.? ?a\.?|noch zu klären|zu klären|nicht erwähnt|keine angabe|ungeklärt|noch offen|nicht besprochen|\?|offene \w+|klären)[^\"“”'«]{0,30}[“\"”'‘«]",
        r"separat|extra\w*|getrennt|gesondert|eigene[rnm]? (?:liste|abschnitt|überschrift|punkt|block|spalte|zeile)|unter (?:der überschrift )?[„\"]?offen\w*",
    ),
    unknowable=any_of(
        r"(?:aktuelle[nrsm]?|neueste[nrsm]?|heutige[nrsm]?|derzeitige[nrsm]?) (?:\w+ ){0,2}?(?:\w*markt\w*|\w*preise?n?|\w*nachrichten|news|\w*zahlen|daten|\w*kurs|trends?|entwicklung\w*|lage|\w*umsatz|umsätze|studien|statistik\w*|themen)",
        r"markt(?:daten|anteile?|größe|preise?n?|trends?|übliche\w*|gerechte\w*|lage|analyse|wachstum|umfeld|vergleich)|aktien?kurs|(?:übliche[nrs]?|durchschnittliche[nrs]?) (?:\w+ )?(?:preise?|rabatte?|rate|konditionen)",
        r"(?:preise?|angebote?|konditionen|strategie|produkte|rabatte) (?:der|des|vom|von) (?:\w+ )?(?:konkurrenz|wettbewerb\w*|mitbewerb\w*)",
        r"(?:konkurrenz|wettbewerb\w*|mitbewerb\w*)(?:preise?|angebote?|vergleich|analyse)|ob (?:die |der )?(?:konkurrenz|wettbewerb\w*|mitbewerb\w*|anderen) (?:\w+ ){0,2}?(?:teurer|billiger|günstiger)",
        r"(?:was|welche\w*) (?:\w+ ){0,4}?(?:wettbewerb\w*|konkurrenz|mitbewerb\w*|anbieter|anderen) (?:\w+ ){0,5}?(?:verlang\w*|nimmt|biet\w*|mach\w*|kost\w*|vorn|vorne)",
        r"was (?:\w+ ){0,5}?(?:wirklich |tatsächlich |insgeheim |eigentlich )?(?:denk(?:t|en)|fühl(?:t|en)|glaubt|glauben|will|wollen|hält von|halten von)(?! sie)|was geht in (?:\w+ ){1,3}?vor",
        r"wie (?:\w+ ){0,5}?(?:sich fühl\w*|drauf|gestimmt|eingestellt|gelaunt|findet|finden)|wie (?:gut|fähig|kompetent|zuverlässig|ehrlich) (?:\w+ ){1,7}?(?:ist|sind|macht|machen|arbeitet|arbeiten|als)\b|wer (?:\w+ ){0,2}?(?:im recht|recht|schuld)|wer (?:liegt )?(?:richtig|falsch)|wem wir (?:\w+ ){0,4}?glauben",
        r"(?:stimmung|(?:seine|ihre) gefühle?|wahre[nrs]? (?:absicht\w*|gründe?|motiv\w*|budget)|hintergedanken|eigentliche\w* (?:grund|gründe|motiv\w*))",
        r"wahrscheinlichkeit\w*|\w*chancen?(?: dass| auf|,| für)?|wie wahrscheinlich|wie viel prozent chance",
        r"denk dir (?:[\w-]+ ){1,6}?aus|erfinde?n? (?:sie )?(?:bitte )?(?:ein paar|einige|eine?n?) (?:\w+ )?\w+|(?:ob|wann|dass) (?!wir|ich|du|man)(?:\w+ ){1,6}?(?:kauf(?:t|en)|unterschreib\w*|bestell\w*|zusag(?:t|en)|entscheide[nt]|verlänger\w*|kündig\w*|abspring\w*|abschließ\w*|annimmt|annehmen|zustimm\w*) ?(?:wird|werden)?",
        r"(?:wird|werden) (?:\w+ ){0,5}?(?:kaufen|unterschreiben|bestellen|zusagen|verlängern|kündigen|annehmen)|prognos\w*|vorhersag\w*|sag\w* voraus",
        r"(?:such\w*|google\w*|recherchier\w*|schau\w*|find\w*|hol\w*) (?:\w+ ){0,5}?(?:im (?:internet|netz|web)|online|auf (?:linkedin|der website|xing|google)|aus dem (?:internet|netz))",
        r"(?:aus|im) (?:dem )?(?:internet|netz|web)|google\w*|dein(?:em|es)? (?:eigenen )?wissen\w*|(?:bis|noch) (?:zum )?(?:ende (?:der|dieser) woche|wochenende) (?:da|geliefert)|an welchem tag wir",
        r"was du (?:sonst )?(?:noch )?(?:über|zu|von) (?:\w+ ){0,5}?weißt|wie viel (?:\w+ ){0,4}?(?:spar\w*|einspar\w*)|welcher teil ihres (?:jahres)?budgets",
        r"branchen(?:durchschnitt\w*|übliche\w*|zahlen|benchmark\w*|vergleich\w*|trends?|kennzahlen|news)|benchmarks?|statistiken|jahresumsatz|umsatz(?:zahlen)?",
        r"mitarbeiterzahl\w*|neuigkeiten (?:über|von|zu)|referenzen|referenzprojekt\w*|referenzkund\w*|roi|amortisation\w*|einspar\w*|ersparnis\w*|erfolgsgeschicht\w*",
    ),
    soft=any_of(
        rf"(?:falls|sofern|soweit|wenn|insofern|vorausgesetzt,?(?: dass)?|solange) {_YES}{{0,9}}?{_SAID}(?!\w)(?! (?:\w+ ){{0,2}}?(?:nicht|unklar|offen|unbekannt|kein))",
        r"(?:falls|sofern|soweit|wenn) (?:genannt|erwähnt|bekannt|vorhanden|vereinbart|angegeben|gegeben|besprochen|belegt|ja\b)|wenn ja|so denn (?:\w+ )?(?:vorhanden|genannt|bekannt)|gegebenenfalls|soweit aktenkundig|laut eintrag vereinbart",
        r"(?:nur|ausschließlich|bloß|allein|einzig)(?: dann)?,? (?:wenn|falls|sofern|soweit|bei|für den fall)|es sei denn|(?:im|für den) fall,? (?:dass|daß)|nur für den fall|schon (?:genannt|gesagt|fix)|so(?:fern)? (?:\w+ )?(?:vorhanden|vorliegend)|(?:^|(?<=[.,;] ))sollte(?:n)? (?:[\w-]+ ){1,8}?(?:stehen|vorkommen|genannt|sein|geben|worden|einer|eine)|, sollte (?:einer|eine|eines|er|sie|es|das)",
        r"(?:^|(?<=[.:;] ))(?:hat|ist|steht|gibt es|fiel|wurde) (?!etwas|was|nicht|irgend)(?:[\w-]+ ){1,9}?(?:verraten|genannt|gesagt|gefallen|erwähnt|angegeben|vereinbart|bestätigt)[\w ]{0,12},",
    ),
    negation=any_of(
        r"nicht|nichts|kein(?:e|en|er|es|em)?|nie|niemals|ohne|weder|noch|weglass\w*|lass (?:\w+ ){0,4}weg|vermeid\w*|statt|anstatt|außer|verzicht\w*|auslass\w*|nix|no",
        r"raus(?:lassen)?|weg|tabu",
    ),
    decide=any_of(
        rf"(?:entscheide?|entscheiden sie|leg(?:e|en sie)?|setz(?:e|en sie)?|bestimm(?:e|en sie)?|wähl(?:e|en sie)?|genehmig\w*|versprich|versprech\w*|garantier\w*|bestätig(?:e|en sie)?|gewähr(?:e|en sie)?|sag(?:e|en sie)?|biete?(?:n sie)?|gib (?:ihm|ihr|ihnen|dem \w+|der \w+)|berechne|rechne|kalkulier\w*|vereinbar(?:e|en sie)?|akzeptier(?:e|en sie)?|räum(?:e|en sie)?|verhandel\w*|fixier(?:e|en sie)?|definier(?:e|en sie)?|ermittl\w*|errechne|füg(?:e|en sie)?|stimm(?:e|en sie)?|pack(?:e|en sie)?|lehn(?:e|en sie)?|denk\w*) (?:\w+ ){{0,4}}?{_MATTER}(?: (?:\w+ ){{0,3}}?(?:fest|zu|an|ein|aus|rein|hinein))?",
        rf"{_MATTER} (?:\w+ ){{0,4}}?(?:fest(?:leg|setz|zuleg)\w*|(?-i:zusagen|zuzusagen)|bestimmen|gewähren|gewährt (?:wird|werden)|anbieten|garantieren|bestätigen|einräumen|versprechen|berechnen|kalkulieren|festmachen)",
        r"(?<!ich )(?<!wir )(?<!er )(?<!sie )entscheide(?: du| selbst| bitte| für| ob| wer| welche\w*| was| wie)?(?! ich| wir)(?=[ .,;!]|$)|(?:entscheidest|bestimmst|wählst) du|(?:kannst|darfst|sollst|musst|können|dürfen|sollen) (?:du|sie) (?:\w+ ){0,3}?(?:entscheiden|bestimmen)|du (?:\w+ ){0,3}?(?:entscheidest|bestimmst)",
        r"(?:leg|setz|bestimm)\w* (?:\w+ ){0,4}?fest,? (?:wie ?viel|welche\w*|ob|wann|wer|was)|das kannst du (?:\w+ )?entscheiden|(?:wer|wem) (?:\w+ ){0,6}?(?:im recht|recht hat|glauben)",
        r"sag\w* (?:ihm|ihr|ihnen|dem \w+|der \w+)[^.;!?]{0,80} zu(?=[ .,;:!]|$)|(?:fest|verbindlich) zu(?=[ .,;:!]|$)|bestätig(?:e|en sie)? (?:ihm|ihr|ihnen|dem|der)",
        r"gib (?:ihm|ihr|ihnen|dem \w+|der \w+) (?:die|den|das|einen|eine)? ?(?:\w+ )?(?:prozent|rabatt|nachlass|preis|\d+)|(?:dass|das) (?:wir )?(?:\w+ ){0,6}?(?:gewährt wird|(?-i:zusagen)|garantiert|versprechen|tauschen|übernehmen)|ist von uns (?:garantiert|zugesagt)|von uns (?:garantiert|zugesagt)",
        r"(?:setz|trag|schreib|nimm|füg|pack|bau|gib)\w* (?:\w+ ){0,4}?(?:realistische[nrs]?|passende[nrs]?|angemessene[nrs]?|fairen?|plausible[nrs]?|gute[nrs]?|marktübliche[nrs]?|marktgerechte[nrs]?|runde[nrs]?|attraktive[nrs]?|\w*) ?(?:\w+ ){0,2}?\w*(?:preis|rabatt|starttermin|nachlass|summe) (?:[\w ]{0,40}?)(?:ein|an|rein|hinein)(?=[ .,;:!]|$)",
        r"(?:setz|trag|schreib|nimm|füg)\w* (?:\w+ ){0,3}?(?:realistische[nrs]?|passende[nrs]?|angemessene[nrs]?|fairen?|plausible[nrs]?|gute[nrs]?|marktübliche[nrs]?|marktgerechte[nrs]?) (?:\w+ ){0,2}?\w*(?:preis|rabatt|termin|starttermin|nachlass|rate|frist|datum)\w*",
        r"entscheiden sie|(?:wie ?viel|welchen|was für einen) (?:\w+ )?(?:rabatt|preis|nachlass|preisnachlass|skonto)(?: \w+){0,4}",
        r"wer (?:hat )?(?:recht|schuld|schuldig|verantwortlich|im recht)(?: \w+){0,2}|wer liegt (?:richtig|falsch)",
        r"(?:bewerte?|beurteil\w*|benote?|rank\w*|einschätz\w*|schätz\w*|charakterisier\w*|stuf\w*|klassifizier\w*) (?:[\w]+,? ){0,5}?(?:einkäufer\w*|ansprechpartner\w*|kolleg\w*|mitarbeiter\w*|person\w*|leistung|ihn|ihm|leiter\w*|techniker\w*|team|vertriebler\w*|fähigkeit\w*|ehrlichkeit|kompetenz|persönlichkeit|charakter|kundin|kunden|herrn|frau|chef\w*|wie (?:gut|kompetent|ehrlich|zuverlässig|ernst|fähig) \w+)",
        r"wie (?:gut|kompetent|zuverlässig|ehrlich|fähig|ernst|tauglich) (?:\w+ ){0,5}?(?:ist|sind|war|macht|arbeitet|gemacht|gearbeitet)|(?:bewerte?|beurteil\w*) (?:\w+,? ){0,4}?wie \w+ (?:der|die|das|mein\w*|unser\w*|herr\w*|frau) (?:\w+ ){0,3}?(?:war|ist|sind|arbeitet|macht)|(?:bewerte?|beurteil\w*)(?:,? \w+){0,4}?,? wie \w+ (?:der|die|das|mein\w*|unser\w*|herr\w*|frau) (?:\w+ ){0,3}?(?:war|ist|sind|arbeitet|macht)|verspric(?:h|hst|ht)(?: du| ihr| ihm| ihnen)?(?! nichts)",
        r"garantier(?:e|en sie)?(?! nichts| nicht)|sag(?:e|en sie)? (?:\w+ ){0,6}?zu(?=[ .,;!]|$)|(?-i:zusagen|zusagst)(?! ist| sind| zu)|sicher(?:e|n sie)? (?:\w+ ){0,3}zu|(?-i:zusichern)|mach\w* (?:\w+ ){0,3}?(?:zusage|versprechen)(?!\w)",
        r"triff\w* (?:die|eine) (?:\w+ )?entscheidung|wir (?:garantieren|versprechen|akzeptieren|liefern (?:bis|am|vor)|gewähren|sagen .{1,40} zu|geben|nehmen)|biete?n?(?: (?:ihm|ihr|ihnen|dem \w+|der \w+))? (?:[\w%]+ ){0,3}?(?:prozent|rabatt|nachlass)",
    ),
    recommend=any_of(
        r"(?:wie ?viel|welchen|was für einen|welcher|welche) (?:\w+ ){0,2}?(?:rabatt|preis|nachlass|preisnachlass|skonto|prozent|rate|rückvergütung)(?: \w+){0,4}",
        r"(?:sollen|sollten|wollen|soll) (?:wir|ich|man|unsere firma|unser \w+) (?:\w+ ){0,7}?(?:anbieten|bieten|annehmen|ablehnen|zusagen|unterschreiben|mitmachen|verzichten|aussteigen|nachgeben|weitermachen|kündigen|eingehen|abgeben|geben|aufgeben|anrufen|tun|machen)|(?:mitbieten|mitmachen|annehmen|anbieten|zusagen|nachgeben),? (?:ja|oder)[ /](?:nein|nicht|lieber nicht)",
        r"ob (?:wir|ich|du|es sich|man) (?:[\w’%-]+ ){0,8}?(?:anbieten|bieten|annehmen|ablehnen|zusagen|unterschreiben|mitmachen|mitgehen|verzichten|nachgeben|weitermachen|geben|teilnehmen|aufgeben|sollen|sollten|lohnt|sollte|soll|würdest|zurücknehmen|anrufen|ansprechen|übernehmen)",
        r"(?:ein|deinen?|gib|einen) rat(?:schlag)?|(?:-|\w)?vorschlag,? (?:für|zu[rm]?|mit dem wir|wie|ob) (?:\w+ ){0,3}?\w+|pricing-?vorschlag|preisvorschlag|rabattvorschlag|schlägst (?:\w+ ){0,4}?(?:prozentsatz|preis|rabatt|nachlass|termin|betrag|höhe) ?\w*",
        rf"(?:empfiehl|empfehl\w*|schlag\w*|vorschlag\w*|rat(?:e|en|schlag)?|rate mir|deine (?:meinung|einschätzung|empfehlung)) (?:\w+ ){{0,5}}?(?:{_MATTER}|ob|wer|welche\w*|wie ?viel|vorgehen|strategie|entscheidung)",
        r"\w*empfehlung\w*(?: für (?:\w+ ){1,3}\w*preis)?|empfiehl\w*|empfiehlst|empfehlen|was (?:\w+ )?(?:sollten|sollen|würdest du|soll) (?:wir|ich|tun|machen)?(?: \w+){0,3}|was du (?:\w+ )?(?:tun|machen) würdest|wozu (?:\w+ )?rätst|ratschlag|schlag\w* (?:\w+ ){0,3}?vor,? (?:was|wie ?viel|welche\w*|ob|wann)|was würdest du (?:\w+ ){0,3}?(?:raten|empfehlen|tun|machen|vorschlagen)|rätst du|\w+en oder (?:lieber )?nicht(?=\?)",
    ),
    theirs=any_of(
        r"entscheiden? (?:es |das )?(?:dann |danach |am ende )?(?:ich |wir )?selbst",
        r"(?:ich|wir|mein\w* (?:chefin|chef|leiterin|leiter|team)|unser\w* \w+|(?:der|die|das) (?:vertriebsleitung|leitung|geschäftsführung|team|chefin|chef|einsatzleitung|kollegin|kollege|\w*leiterin|\w*leiter|\w*leitung|vertrieb|controlling|disposition|betriebsrat|kunde|kundin|gremium)|ein mensch|menschen|jemand) (?:\w+ ){0,4}?(?:entscheide[nt]?|leg(?:t|e|en) .{0,20}fest|bestimm(?:t|e|en)|treff\w*|trifft|wähl(?:t|e|en)|beschließ(?:t|en))",
        r"(?:entscheide|bestimme) (?:ich|das ich|am ende ich)|(?:entscheidet|bestimmt|entscheiden|beschließt|beschließen) (?:ich|wir|dann|die|der|wir selbst|am ende|andere|selbst|wird|unsere?|meine?|darüber|über|sie)(?: \w+)?|entscheiden wird",
        r"entscheidung(?:en)? (?:\w+ ){0,4}?(?:bei (?:mir|uns|der|dem|unserer|unserem)|triff(?:t|st)|liegt|bleibt|treffe|treffen wir|machen wir|mache ich)",
        r"(?:bleibt|liegt|bleiben|liegen) (?:\w+ ){0,2}?bei (?:mir|uns|der|dem|den|unserer|unserem|menschen)|ist (?:unsere|meine) sache|nicht entscheiden|(?:trag|trage|tragen) (?:ich|wir) ein|preise? (?:trag|kommt|kommen|setzt)",
        r"nichts entscheiden|entscheide (?:\w+ )?nicht\w*|keine entscheidung\w*|zur auswahl|als option(?:en)?|bevor (?:ich|wir) entscheide\w*|entscheidest (?:du )?nicht",
        r"(?:das|die) (?:mache|machen|klären|kläre|übernehme|übernehmen|entscheide|entscheiden|setzen|setze) (?:ich|wir)",
    ),
    private=any_of(
        r"krank(?!enhaus)(?:heit|geschrieben|enstand|gemeldet)?\w*|(?:im|ins) krankenhaus|krebs\w*|burn-?out|depress\w*|operation|operier\w*|diagnose\w*|gesundheit\w*|behinder\w*|schwanger\w*|elternzeit|bandscheibe\w*|(?:das|am|sein|ihr|mit seinem|mit ihrem) (?:knie|rücken)\b|migräne",
        r"mutterschutz|geschieden|scheidung|ehefrau|ehemann|seine frau|mein mann|meine frau|ihr mann|kind(?:er|ern)?|baby|zwillinge|tochter|sohn|verheiratet|freundin|(?:sein|ihr|mein) (?:vater|bruder|sohn)|(?:seine|ihre|meine) (?:mutter|schwester|eltern|tochter)|(?:in|die|eine) trennung|getrennt lebend|witwe\w*|alleinerziehend\w*|geburtstag|hochzeit",
        r"religi\w*|muslim\w*|jüdisch|katholisch|evangelisch|kirche\w*|politisch\w*|schwul|lesbisch|trinkt(?: gern| zu viel)?|alkohol\w*|faul|dumm|idiot|arrogant\w*|launisch\w*|chaotisch|knauserig\w*|raucher(?:in)?",
        r"schwierig(?:er|e) (?:person|mensch|typ|charakter|kunde|kundin)|schwieriger typ|grantig|nervig\w*|stur|zickig|zicke|eitel|naiv|inkompetent|unzuverlässig|harter (?:knochen|hund|brocken)|(?:geht|gehen) (?:\w+ ){0,3}?(?:hoch|an die decke)|nicht der (?:schnellste|hellste)|so ein typ|netter kerl|sympathisch\w*|unsympathisch\w*|mimose",
        r"cholerisch\w*|choleriker(?:in)?|geizig\w*|geizhals|pfennigfuchser\w*|\d+ jahre alt|geboren am|jahrgang|wohnt (?:in|bei|am)|privatadresse|(?:er|sie) (?:ist|war|wirkt\w*|klang|klingt) (?:\w+ )?(?:streng|unfreundlich|unhöflich|erschöpft|genervt|gestresst|kühl|kalt|launisch|überfordert|schroff|arrogant|nett|pampig|empfindlich)",
        r"privat(?:e[nrs]?)? (?:nummer|handy\w*|adresse)|privatnummer|gehalt|nerv(?:t|en)|aggressiv\w*|(?:er|sie) (?:ist|war|wirkt|klingt|scheint) (?:ziemlich|sehr|etwas|recht|total|immer|ein bisschen|eher|echt|voll|so) (?!beschäftigt|zufrieden|unzufrieden|interessiert|wichtig|neu|technisch|erfahren|früh|spät|gut|hoch|niedrig|groß|klein|lang|kurz|eng|alt|teuer|günstig|laut|weit)\w+|gewerkschaft\w*|dick|besserwisser\w*|korinthenkacker\w*|pedant\w*|nachtragend|empfindlich\w*|ungeduldig\w*|pampig|schwerbehindert|reha|migrationshintergrund",
    ),
    leads=right_behind(r"\A[^.!?;:→=]{0,45}(?:->|→|=>|⇒|:|=) ?[\"„“”'‚‘’\[(»]?(?:\w+|\?)"),
    guess=any_of(
        r"schätz(?:e|en|ung|ungen|ungsweise)?(?! sie\b)|geschätzt\w*|vermute?|vermutung\w*|hypothesen?|tippen|bauchgefühl|prognose|grob(?:e|er)? (?:schätzung|zahl|geschätzt)|daumenregel|über den daumen|mutmaßlich|spekulier\w*",
    ),
    subject=right_behind(
        r"(?:(?<!\w)(?:ich|wir|er|sie|man|der|die|wer|leitung|vertrieb|kunde|kundin|chefin|chef|team|disposition|geschäftsführung|controlling|einkauf|betriebsrat|menschen|niemand) )\Z",
    ),
    harmless=any_of(
        r"reihenfolge|zuerst|als erste[sr]?|zuletzt|sortier\w*|formulierung|wortlaut|überschriften?|titel|betreff|fies\w*|wichtigste\w*|schärfste\w*|welche (?:fragen?|punkte?|einwände?|stichpunkte?)|nach oben",
    ),
    of_somebody=any_of(r"er|sie|seine?[rsmn]?|ihre?[rsmn]?|herrn?|frau"),
    excluded=any_of(
        r"(?:bleib|lass|halt|fall|fäll|fliegt|fliegen|kommt|kommen|gehör|hat|haben|wird|werden|soll|sollen|ist|sind|darf|dürfen)\w* (?:[\w’-]+ ){0,3}?(?:draußen|außen vor|außer acht|weg|raus|heraus|unerwähnt|ungenannt|tabu|verschwiegen|ausgespart|weggelassen|weglassen|ausgelassen|gestrichen|entfallen|wegfallen|auszusparen|wegzulassen|auszulassen|nichts (?:zu suchen|verloren)|(?:nicht|nie) (?:hinein|rein|dazu|hierher|hin|vor|vorkommen|erwähnt|genannt|auftauchen|aufgenommen|übernommen|gebraucht|nötig|hineingehören|mit))|entfällt|entfallen|fällt weg|gehör\w* (?:da |hier )?nicht\b|unterbleib\w*|tabu|(?:auszusparen|wegzulassen|auszulassen|weglassen|aussparen|auslassen|streichen|rauslassen|draußen lassen)",
    ),
    asks_them=any_of(
        r"fragen? (?:\w+ ){0,4}?(?:zu[rm]?|nach|über|an|für|danach|ob|wann|wie)|frag\w* (?:sie|ihn|ihr|ihm|die \w+|den \w+|nach|ob)|frag\w*liste|frage an|erkundig\w*|nachfragen|herausfinden",
    ),
)
