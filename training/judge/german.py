"""German as the judge listens to it."""

from training.judge.german_facts import FACTS
from training.judge.lexicon import Lexicon, alike, any_of, named, right_behind
from training.judge.text import words

_COUNT = r"(?:\d{1,5}(?:\s?(?:-|–|bis)\s?\d{1,5})?|eine[nmrs]?|ein|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|zwölf|fünfzehn|zwanzig|ein paar|eine halbe|einer einzigen|einem einzigen)"
_MANY = r"(?:\d{1,5}(?:\s?(?:-|–|bis)\s?\d{1,5})?|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|zwölf|fünfzehn|zwanzig|ein paar|einer einzigen|einem einzigen|einem)"
_ADJ = r"(?:(?:\w{3,}(?:e|en|er|es|em))\s+){0,3}?"
_COUNTED = (
    r"(?:stich(?:punkte?|worte?|wörter)n?|aufzählungspunkte?n?|bulletpoints?|bullets?|bullet[- ]points?|\w*listen?|\w*tabellen?|abs(?:atz|ätze|ätzen)|\w*überschriften?|abschnitte?n?|spalten?|punkte?n?|s(?:atz|ätze|ätzen)|\w*fragen?|blöcken?|schritten?|rubriken|"
    r"einwände?n?|argumente?n?|risiken|gründe?n?|optionen|fakten|themen|zeiler|einzeiler|teile?n?|posten|einträge?n?|spiegelstriche?n?|kernpunkte?n?|kernaussagen?|schwachstellen|schwächen|gegenargumente?n?|gegenfragen|thesen|\w*eröffner|stück|kästen|kapiteln?)"
)
_PERSON = (
    r"(?:\w*kund(?:e|en|in|innen)|interessent(?:en|in)?|nutzer(?:in|n)?|\w*einkauf|\w*einkäufer(?:in|n)?|\w*leit(?:er|erin|ung|ern|erinnen)|\w*chef(?:in|s)?|vorgesetzte\w*|geschäftsführ\w+|gf|vorstand|management|\w*team|teams|\w*kolleg(?:e|en|in|innen)|kollegium|"
    r"\w*vertrieb|außendienst(?:ler(?:in|n)?)?|innendienst(?:ler(?:in|n)?)?|backoffice|sekretariat|sekretärin|assistenz|\w*service|\w*technik(?:er|erin|ern)?|\w*abteilung|controlling|controller(?:in)?|rechtsabteilung|jurist(?:en|in)?|finanz\w*|buchhaltung|produktion|\w*planung|planer(?:in|n)?|dispo(?:sition)?|disponent(?:in|en)?|projektleit\w*|pl|projektteam|partner(?:n|in)?|"
    r"entscheider(?:in|n)?|ansprechpartner(?:in|n)?|gremium|\w*abwicklung|\w*vertretung|vertreter(?:in|n)?|\w*betriebsrat|eigentümer(?:in)?|besitzer(?:in)?|nachfolger(?:in)?|betreuer(?:in)?|key account\w*|account manager(?:in)?|inhaber(?:in|n)?|apotheker(?:in|n)?|ärzt(?:in|innen|e)|arzt|klinik|klinikum|küche|küchenchef(?:in)?|"
    r"werk|betrieb|bauleit\w*|monteur(?:e|en|in)?|facility\w*|hausverwaltung|lager|versand|logistik|qualität\w*|einsatzleitung|leser(?:in|n)?|empfänger(?:in|n)?|adressat(?:en|in)?|person|leute|jemand(?:en|em)?|laien?|neuling\w*|praktikant(?:en|in)?|azubi|trainer(?:in)?|praxis|stationsleitung|verwaltung|behörde|stadtwerke|herrn|frau|herr|"
    r"hotel|spedition|molkerei|bäckerei|bereich|runde|verkäufer(?:in|n)?|sachbearbeiter(?:in|n)?|sachbearbeitung|hotline|zentrale|auftragsbearbeitung|meister(?:in)?|prüfer(?:in)?|vertriebler(?:in|n)?)"
)
_USE = r"(?:\w*termin|\w*meeting|\w*besprechung|\w*gespräch|treffen|übergabe|besuch|begehung|crm|akte|ablage|angebot|angebotsrunde|\w*anruf|call|telefonat|weekly|jour fixe|pipeline\w*|schicht\w*|\w*runde|sitzung|verhandlung|präsentation|intern|intranet)"
_DET = r"(?:den |die |das |dem |der |einen |eine |einem |einer |meinen |meine |meinem |meiner |unseren |unsere |unserem |unserer |unser |mein |ihren |ihre |ihrem |ihrer |internen |interne |neuen |neue |neuer |ganze |gesamte |technischen |technische |nächste |nächsten |andere |anderen |alle |zuständige |zuständigen ){0,4}"
_WHO = rf"(?:der|die|das|dem|den|ein|eine|einen|einem|einer|mein|meine|meinem|meiner|meinen|unser|unsere|unserer|unserem|unseren|seine|seiner|ihre|ihrer|deren|jemand aus) (?:[\w’-]+ ){{0,2}}?{_PERSON}(?: (?:von|vom|aus|in|im|der|des|beim|bei|am) (?:[\w’-]+ ){{0,2}}?[\w’-]+)?"
_NOT_SAID = r"(?! (?:\w+ ){0,8}?(?:geschrieben|geantwortet|gesagt|erwähnt|gefragt|angerufen|gemeldet|geäußert|genannt|gebeten|bestellt|reklamiert))"
_SOON = r"(?:heute|morgen|übermorgen|danach|dann|gleich|damit|daraus|daran|ab (?:montag|morgen)|am (?:montag|dienstag|mittwoch|donnerstag|freitag|wochenende|nachmittag|vormittag)|nachmittags?|nächste woche|diese woche|vor ort|später|um \w+ (?:uhr)?)"
_LACKS = r"(?: [\w’-]+){0,5}? ?(?:(?:hat|haben|hatte|war|waren|ist|sind|saß|saßen|kennt|kennen|weiß|wissen|versteht|sieht|liest) (?:[\w’:,-]+ ){0,6}?(?:nicht|nie|niemals|noch nie|nichts|nix|kein(?:e|en|er)?|kaum|nur|bloß|lediglich|null|weder)|(?:nicht|nie|noch nie|nur) (?:[\w’-]+ ){0,4}?(?:dabei|mit|beiwohnte|beigewohnt|kennt|weiß|gesehen|gehört|gesprochen|war|waren)|ist (?:neu|fachfremd)|kennt (?:\w+ )?nur)"
_MUST = (
    rf"(?: [\w’-]+){{0,5}}? ?(?:(?:muss|müssen|soll|sollen|braucht|brauchen|hat|haben) (?:[\w’:,-]+ ){{0,9}}?(?:können|wissen|entscheiden|planen|vorbereiten|schreiben|rechnen|erklären|begründen|vertreten|verstehen|zurückrufen|anrufen|unterschreiben|abstimmen|reden|sehen|vorlegen|bestellen|packen|fahren|kümmern|übernehmen|disponieren|abhaken|weitergeben|weiterleiten|einplanen|umplanen|hinkriegen|zu \w+|\w+zu\w+en|durchwinken|wählen|prüfen)|"
    rf"(?:liest|plant|packt|verteilt|legt|nimmt|übernimmt|schreibt|bucht|fährt|ruft|macht|rechnet|kalkuliert|arbeitet|präsentiert|trägt|braucht|bereitet|bestellt|springt|vertritt|hakt|disponiert|entscheidet|unterschreibt|führt|bespricht|prüft|nutzt) (?:[\w’:,-]+ ){{0,4}}?{_SOON}|(?:vertritt|springt|übernimmt) (?:\w+ )?(?:mich|für mich|ein|den kunden|das)|liest (?:\w+ ){{0,2}}?mit\b|(?:will|möchte|wollen) (?:\w+ ){{0,2}}?wissen|hat (?:\w+ ){{0,4}}?(?:vor sich|auf dem tisch))"
)
_BEHIND = r"\A[\w ’'-]{0,34}"

LEXICON = Lexicon(
    facts=FACTS,
    role_lead=any_of(
        r"du bist (?!dran|frei|nicht)|sie sind (?:ein|eine|mein|unser|der|die|als)|sei (?:ein|eine|mein|unser|du|so)|agier(?:e|en sie)? (?:als|wie)",
        r"handel(?:e|n sie) (?:als|wie)|verhalte dich|stell dir vor,? du|schlüpf\w* in|(?:in der|die) rolle|rolle|tu so,? als|versetz\w* dich|aus (?:der )?sicht",
        r"als (?:erfahrene[rn]?|ein|eine|unser|unsere)|du arbeitest als|du schreibst|du führst|du machst|du spielst|spiel(?:e|en sie)? (?:den|die|eine|einen)",
        r"du (?:übernimmst|gehörst|sitzt|sortierst|protokollierst|formulierst|bereitest|verfasst|prüfst|liest|antwortest|hilfst|berätst|verkaufst|betreust)",
    ),
    role_empty=any_of(
        r"du|bist|sie|sind|sei|als|wie|ein(?:e|en|er|em)?|der|die|das|mein(?:e|er)?|unser(?:e|er)?|bitte|rolle|ki|ai|künstliche|intelligenz|\w*bot|chat-?gpt",
        r"copilot|sprachmodell|modell|(?:ki-)?assistent(?:in)?|assistenz|helfer(?:in)?|expert(?:e|in|en)|expertise|profi|fachmann|fachfrau|spezialist(?:in)?",
        r"genie|guru|meister|hilfreich(?:e|er|es)?|freundlich(?:e|er)?|schlau(?:e|er)?|intelligent(?:e|er)?|gut(?:e|er|en)?|best(?:e|er|en)|sehr|super",
        r"erfahren(?:e|er|en)?|top|führend(?:e|er)?|weltklasse|der welt|welt|professionell(?:e|er)?|virtuell(?:e|er)?|digital(?:e|er)?|persönlich(?:e|er)?|und",
        r"mit|jahren?|erfahrung|langjährig(?:e|er)?|\d+|jemand|werkzeug|tool|maschine|mir|mich|hilf|hilfst|alles|weiß|weißt|kann|kannst|in|für|auf|zu|von|dem",
        r"den|gebiet|allen?|bereich(?:en)?|halt|liebe|so|nett|unterstütze?|möchte|wäre|einfach|irgendwas|egal|hochqualifiziert(?:e|er)?|kompetent(?:e|er)?|ich|brauche|fleißig(?:e|er)?|zuverlässig(?:e|er)?|clever(?:e|er)?|brillant(?:e|er)?|versiert(?:e|er)?|qualifiziert(?:e|er)?",
    ),
    role_stance=any_of(
        r"du (?!bist\b|hast\b|kannst\b|weißt\b|kennst\b|wirst\b|sollst\b|musst\b|darfst\b|arbeitest\b|willst\b|warst\b|brauchst\b|hilfst\b)\w+",
        r"und (?!bist\b|hast\b|kannst\b|weißt\b|kennst\b)\w+st\b(?: \w+)*|(?:der|die|das) (?!\w+(?:heit|ung)\b)(?:\w+ ){0,6}\w+(?:t|ht|rt)\b(?=[.,;]|$)",
        r"sie (?:geben|enthalten|verfassen und|lassen|sortieren|achten|berichten|prüfen|schreiben|fragen|halten|formulieren|denken|bleiben|nehmen|raten|urteilen|vermeiden|suchen|legen|trennen|erfinden|sprechen|stehen|vertreten|schauen|ordnen|führen)",
        r"(?:nie|niemals|immer|nur|nicht|kein(?:e|en)?) \w+|ohne \w+|sondern|statt|achtest|achtet|achten|legst (?:\w+ )?wert|legt (?:\w+ )?wert",
        r"auf (?:unserer|der) seite|aus (?:der )?(?:sicht|perspektive|warte)|mit (?:dem )?blick (?:auf|für|einer|eines)|skeptisch\w*|kritisch\w*|neutral\w*",
        r"nüchtern\w*|sachlich\w*|genau\w*|präzise\w*|streng\w*|ruhig\w*|ehrlich\w*|vorsichtig\w*|gründlich\w*|pingelig\w*|konkret|unparteiisch\w*",
        r"zurückhaltend\w*|schonungslos\w*|hartnäckig\w*|diplomatisch\w*|unaufgeregt\w*|klartext|im stil|ton(?:fall)?|denkst wie|schaust|hinterfrag\w*",
        r"widersprich\w*|knochentrocken\w*|direkt\w*|bodenständig\w*|fokus\w*|konzentrier\w*|berichtest|hältst|bleibst|rätst|entfallen|entfällt|unterbleib\w*|fliegt|fliegen|vermeiden|enthalten sich|enthältst|(?:^|(?<=[,;:(] )|(?<=\()|(?<=und ))\w{3,}t (?:nichts|nix|keine?[nrm]?|niemand\w*|jede\w*|fehler|klartext|nur|alles|genau|zuerst|faktenorientiert|sachlich|die leute|den \w+)|interpretier\w*|zweifel\w*",
    ),
    careless=any_of(
        r"(?:kümmer|scher|sorg|interessier|beschäftig|bemüh|acht|hör|prüf|fragst|schaust)\w* (?:dich |sich |auf |um |\w+ ){0,3}?(?:nie|niemals|nicht|nichts|wenig|kaum)\b(?: \w+){0,3}|(?:dir|ihnen|ihm|ihr) (?:ist|sind) (?:[\w’-]+ ){0,4}?(?:egal|gleich|gleichgültig|wurst|schnuppe)|(?:ist|sind) (?:dir|ihnen) (?:[\w’-]+ ){0,4}?(?:egal|gleich|gleichgültig|wurst|schnuppe)",
        r"(?:nie|niemals|nicht|nichts) (?:\w+ ){0,3}?(?:kümmer|scher|interessier)\w*|hältst dich (?:nie|nicht) (?:mit|an) \w+|ignorier\w*|flunker\w*|(?:erfinde?|lüg|übertreib|schwindel)(?:e?st|t)(?! (?:nie|nicht|niemals|nichts))|was du (?:willst|möchtest)|drauflos\w*",
    ),
    trade=any_of(
        _PERSON,
        r"\w*vertrieb\w*|\w*verkauf\w*|\w*verkäuf\w*|\w*protokoll\w*|\w*schriftführ\w*|\w*bericht\w*|\w*schreib\w*|\w*text\w*|\w*sekret\w*|\w*redakt\w*|\w*angebot\w*|\w*einkauf\w*|\w*einkäuf\w*|\w*account\w*|\w*kunden\w*|\w*berat\w*|\w*manage\w*|\w*leit\w*|\w*assist\w*|\w*sachbearb\w*|\w*notiz\w*|\w*mails?|\w*analy\w*|\w*kriti\w*|\w*skepti\w*|advocatus|\w*gegner\w*|\w*markt\w*|\w*market\w*|\w*technik\w*|\w*ingenieur\w*|\w*plan(?:er|st|t|ung)\w*|\w*prüf\w*|\w*übergab\w*|\w*übergib\w*|\w*recherch\w*|\w*bereit\w*|führst|hältst|b2b|sales|\w*verhandl\w*|\w*vergabe\w*|\w*gremi\w*|\w*review\w*|\w*sortier\w*|\w*ordn\w*|gib\w* (?:nur )?(?:wieder|weiter)|fass\w*|\w*reklamation\w*|\w*jurist\w*",
    ),
    results=named(
        (
            (
                "summary",
                r"\w*zusammenfassung(?:en)?|\w*protokoll(?:e|s)?|recap|kurzfassung|gesprächsnotiz(?:en)?|mitschrift|resümee|fazit|gesprächsbericht|niederschrift|aktennotiz|gedächtnisprotokoll",
            ),
            (
                "mail",
                r"(?:\w+-?)?(?:e-?)?mails?|\w*nachricht(?:en)?|\w*brief(?:e|s)?(?!ing)|\w*(?:an|ant|begleit|antwort)schreiben|(?-i:[A-Z]\w*schreiben|Schreiben)(?! sie| bitte)|\w*antwort(?:en)?(?! auf jede| gegeben)|linkedin-?\w*|sms|rückmeldung|entschuldigung",
            ),
            (
                "plan",
                r"(?<!mein )(?<!meinen )(?<!meinem )(?<!meines )(?<!der )\w*(?:gesprächs|besuchs|call|termin|ablauf)?plan|\w*agenda|\w*leitfaden|\w*fahrplan|vorbereitung(?:sblatt)?|skript|spickzettel|regieplan",
            ),
            ("questions", r"\w*fragen(?!\s+sie)|fragenkatalog|fragenliste|fragebogen|\w*eröffner"),
            (
                "objections",
                r"kritik|\w*einw(?:and|ände|änden)|gegenargumente?n?|gegenfragen|schwachstellen|schwachpunkte?n?|schwächen|risiken|lücken in|löcher",
            ),
            (
                "section",
                r"\w*abschnitt(?:e|s)?|\w*kapitel|angebotstext(?:e|s)?|leistungsbeschreibung|leistungsumfang|textbaustein|einleitung|management[- ]summary|passage|angebotsentwurf|angebotsteil|leistungsverzeichnis",
            ),
            (
                "profile",
                r"\w*profil(?:e|s)?|\w*steckbrief|\w*briefing|\w*überblick|\w*übersicht|dossier|kurzporträt|firmenporträt|einseiter|one-?pager|factsheet|faktenblatt|stellungnahme|handout|merkblatt|\w*-?sheet|infoblatt|entscheidungshilfe",
            ),
            (
                "list",
                r"\w*listen?|\w*tabellen?|\w*vergleich|\w*abgleich|gegenüberstellung|\w*aufstellung|to-?dos?|aufgaben|nächste[nr]? schritte?|aufzählung|\w*matrix|stichpunkte|stichpunktliste|inventar",
            ),
            (
                "entry",
                r"\w*eintrag|\w*einträge|(?<!meine )\w*notiz(?:en)?|\w*vermerk|\w*übergabe\w*|\w*bericht(?:e|s)?|memo|crm-\w+|ticket|\w*felder|\w*text|absatz|handreichung",
            ),
            ("proposal", r"(?:ein|das|unser) (?:\w+ )?angebot|präsentation|folien|pitch|business case"),
        )
    ),
    produce=any_of(
        r"schreib(?:e|en|st|t)?|formulier(?:e|en|st|t)?|erstell(?:e|en|st|t)?|verfass(?:e|en|t)?|mach(?:e|en|st|t)?|gib|geben|brauch(?:e|en)?|bräuchte|benötige?|wünsche|wünschen",
        r"will|möchte|hätte gern\w*|entw(?:irf|erfen)|zu entwerfen|entwickel(?:e|n)|bereite|vorbereiten|liste?(?: |n|t|$)|aufliste\w*|auflisten|nenn(?:e|en|t)?|zeig(?:e|en)?|aufsetzen|setz(?:e|en)? \w+ auf",
        r"bau(?:e|en)?|generier(?:e|en)|erzeug(?:e|en)|sammel(?:e|n)|sammle|fülle?n?|ausfüllen|ordne|sortier(?:e|en)?|such(?:e|en)?(?: \w+){0,3}(?: raus| heraus)?|zu (?:erstellen|fertigen|verfassen|schreiben|erarbeiten)|anzufertigen|anfertigen|auszuarbeiten",
        r"zieh(?:e|en)?|rausziehen|herausziehen|extrahier(?:e|en)|stell(?:e|en)?|leg(?:e|en)? \w+ an|überführ\w*|wandl?e|verwandel\w*|umwandel\w*|kürz(?:e|en)?|liefer(?:e|n)?|finde(?:n)?|erbitte|bitte um|output|ergebnis|ausgabe|aufgabe",
        r"schick|skizzier\w*|zähl(?:e|en)?|trag(?:e|en)?|fertig(?:e|en)?|entsteh\w*|soll(?:en)? (?:\w+ ){0,6}(?:werden|rauskommen|herauskommen|entstehen|sein)|zaubere?|bastel(?:e|n)?|tipp(?:e|en)? \w+ zusammen|als (?=\w*(?:tabelle|liste|aufstellung|übersicht|matrix)\b)",
        r"soll(?:en)?|fass(?:e|en)?|stellst|^für|arbeite \w+ aus|setze? um",
    ),
    produce_result=named(
        (
            (
                "summary",
                r"fass(?:e|t|en)?(?: \w+){0,12} zusammen|zusammen(?:fassen|gefasst|zufassen)|protokollier\w*|fasse?",
            ),
            (
                "mail",
                r"antworte(?: \w+)?|(?-i:antworten)(?: \w+)?|beantwort(?:e|en|est)|schreib(?:e|en sie)? (?:ihr|ihm|ihnen|dem kunden|der kundin)|zurückschreiben|schreib(?:e)? zurück",
            ),
            (
                "objections",
                r"widersprich|widersprechen|zerpflück\w*|zerleg\w*|greif\w* .{0,30}an|hinterfrag\w*|spiel\w* den advocatus",
            ),
            ("questions", r"frag(?:e)? mich|stell(?:e)? mir fragen|löcher\w* mich"),
            ("list", r"vergleich(?:e|en)|liste|auflisten|stell(?:e)? .{1,40} gegenüber"),
        )
    ),
    empty=any_of(
        r"schau(?:e|en|st)?(?: \w+){0,4}|guck\w*|drüberschau\w*|anschau\w*|ansehen|sieh (?:dir )?(?:\w+ ){0,4}an|hilf(?: mir| uns)?|hilfe|helfen|unterstütz\w*",
        r"kümmer(?:e|n)?|mach(?:e|en)?(?: \w+){0,2} (?:was|etwas|draus|daraus|schön|besser|hübsch)|mach was|überleg(?:e|en)?|denk(?:e|en)?(?: \w+)? (?:nach|mit)",
        r"sag was|was (?:\w+ )?(?:hältst|meinst|denkst|sagst) du|hören,? was du \w+|was (?:mache|machen|tun|nun|jetzt)(?: \w+){0,2}|deine (?:meinung|gedanken)|irgendwas",
        r"(?:etwas|was) (?:nettes|schönes|gutes|sinnvolles|passendes)|lies|beschäftig\w*|tu (?:was|etwas)|geh(?:e)? (?:\w+ ){0,4}durch|durchgehen|beste draus",
        r"tipps?|ideen|nutze?|komm\w* (?:\w+ ){0,4}nicht weiter|mal hören|gedanken",
    ),
    vague=any_of(
        r"analysier(?:e|en|t)?|analyse|verbesser(?:e|n)?|optimier(?:e|en)?|bearbeit(?:e|en)?|verarbeit(?:e|en)?|prüf(?:e|en)?|bewert(?:e|en)?|beurteil\w*",
        r"auswert\w*|werte? (?:\w+ ){0,4}aus|versteh\w*|recherchier\w*|erkenntnisse|insights|hol (?:\w+ ){0,5}(?:raus|heraus)|leite? (?:\w+ )?ab|gegenwind|sag (?:ihm|ihr|ihnen|der \w+|dem \w+)",
        r"bereite mich|aufbereit\w*|schätz\w*|einschätz\w*|untersuch\w*|finde (?:alles|heraus|raus)|erzähl(?:e|en)? (?:mir|uns|ihm|ihr)|(?:ein paar|einige|paar) (?:\w+ )?(?:zeilen|worte|sätze)|schreib (?:was|etwas)|mach\w* (?:\w+ )?(?:was|etwas) (?:daraus|draus|damit)|informier\w*|erklär\w*",
    ),
    question=any_of(
        r"(?:welche[nrs]?|was|wie ?viele?|wie|wer|wann|warum|soll(?:en|te|ten)?|ist|sind|kann|können|wird|würdest|hat|haben) [^.!]{3,140}\?",
        r"sag (?:mir|uns|ihm|ihr|ihnen)(?: \w+){0,4}|entscheide?(?: du)?|empfiehl\w*|empfehl\w*|empfehlung\w*|rat(?:e|schlag)?(?: mir)?|ein rat",
        r"schlag\w* (?:\w+ ){0,6}vor|vorschlag|bewerte?|beurteil\w*|schätz\w*|ob (?:du|wir|ich) [^.!?]{3,90}(?:würdest|sollten|sollen|soll)",
    ),
    verdict=any_of(
        r"sag (?:mir|uns)(?: \w+){0,3},? (?:ob|wer|was|wie|wann|warum)|(?:bewerte?|beurteil\w*|schätz\w*) (?:\w+ ){0,3}?(?:außerdem|dann|noch|auch)",
        r"(?:außerdem|dann|noch) (?:\w+ ){0,2}?(?:bewerte?|beurteil\w*|schätz\w*)|empfiehl (?:mir |uns )?(?:auch|gleich|außerdem|dann|noch)|und (?:dann |danach )?(?:empfiehl|entscheide(?! (?:dann |danach |es )*(?:ich )?selbst))",
    ),
    whether=any_of(
        r"ob|soll(?:en|te|ten)? (?:wir|ich)|lohnt",
    ),
    besides=any_of(
        r"und (?:dann|danach|außerdem|auch|zusätzlich|noch|gleich|anschließend)|außerdem|zusätzlich|danach|anschließend|darüber hinaus|plus|ferner|weiterhin",
        r"dann (?:noch|auch)|noch (?:ein|eine|einen)|auch (?:noch|gleich)|gleich (?:noch|auch)|zudem|zweitens|obendrein|zum schluss|am (?:schluss|ende)",
        r"ganz unten|darunter|\b[23]\.|[23bc]\)|und bewerte|und empfiehl",
    ),
    second=any_of(
        r"und|\+|&|,|sowie|plus|auch",
    ),
    reader=any_of(
        rf"(?:für|an|fürs|f\.|ans|vor|gegenüber|informier\w*|überzeug\w*|erinner\w*|zielgruppe:?|leser(?:in)?:?|empfänger:?|adressat:?|(?:mail|brief|antwort|nachricht|schreiben) zu[rm]?) {_DET}(?:[\w’-]+ )?{_PERSON}",
        rf"(?:für|zum|zur|fürs|ins) {_DET}(?:[\w’-]+ )?{_USE}|(?:mein|unser|das|dem|meinem|unserem) {_USE} (?:am|morgen|heute|nächste\w*|übermorgen)|(?:für|an) (?:mich|uns|alle|intern)",
        rf"(?:leser(?:in|schaft)?|empfänger(?:in)?|adressat(?:in)?|zielgruppe|intern|liest (?:der|die|das|mein\w*|unser\w*|ein\w*))|(?:schreib|sag|antworte|schick|gib|erklär|mail)(?:e|en sie)? (?:ihm|ihr|ihnen|der kundin|dem kunden|{_WHO})|ist für {_WHO}|geht an \w+|{_WHO} in kopie",
    ),
    anybody=any_of(
        r"jemand\w*|irgend\w+|leuten?|menschen|(?:für|an|wie|dass|damit|so,? dass) (?:es )?(?:alle|man)|jede[rmn]|(?:eine|die nächste|die richtige|jede) (?:\w+ )?person|wer auch immer|wen auch immer|andere",
    ),
    addressed=r"(?:für|an|fürs|f\.|liebe[rs]?|informier\w*|erinner\w*|antworte|zu)",
    relative=right_behind(
        rf"{_BEHIND}[,–—(-] ?(?:der|die|das|dem|den|denen|deren|dessen|welche[rsmn]?|wer) \w+|{_BEHIND}[,:;–—(-] ?(?:er|sie|der|die) (?:\w+t\b|hat|war|muss|soll|will|kann|weiß|ist|kommt|geht)|{_BEHIND}[.!?] ?(?:er|sie) (?!bitte)(?:\w+t\b|hat|war|muss|soll|kann|weiß|kennt|saß)",
        rf"{_BEHIND} ?(?:übernimmt|vertritt|einspringt|nicht dabei)|{_BEHIND}[,;–—(-] ?(?:soll|muss|braucht|kennt|hat|war|kann|liest|entscheidet|noch nie|nicht|neu|ohne|ab|ruft|fährt|übernimmt|plant|schreibt|vertritt|bearbeitet|muss) \w+",
        r"\A[\w ’'-]{0,12}(?:soll|muss|kann) (?:\w+ ){0,5}(?:wissen|entscheiden|planen|müssen|können|wählen|vorbereiten)|\A ?liest \w+|\A[\w ’'-]{0,20},? ?um (?:\w+ ){0,6}zu \w+",
    ),
    does=right_behind(
        rf"\b{_PERSON}, (?:der|die|das|dem|den|denen|welche[rsmn]?)(?: [^\s,;:.!?]+){{0,8}} \Z",
        rf"(?:^|(?<=[\s(]))(?:(?-i:er|sie|Er|Sie)|{_WHO}) (?:muss|soll|will|möchte|darf|braucht)(?: [^\s,;:.!?]+){{0,8}} \Z|(?:muss|soll|will|möchte|darf) (?:\w+ )?(?:(?-i:er|sie)|{_WHO})(?: [^\s,;:.!?]+){{0,8}} \Z",
    ),
    purpose=any_of(
        r"damit (?:ich|wir|er|es|der|die|das|mein|meine|meiner|unser|unsere|service|danach|dort|am|im|beim|sie)(?! (?:\w+ ){0,2}nicht (?:zu[rm]?|ab|weg|geh|wechsel|kündig|spring)\w*)",
        r"für (?:\w+ ){0,3}?(?-i:[A-ZÄÖÜ])\w+(?: \w+)?, (?:der|die|das|dem|denen) \w+|so ?dass (?!jeder|man|es jeder|alle|es gut|es sich)|so, dass (?!man|es jeder|jeder|es sich|es gut|alle)|um (?:\w+ ){0,8}?zu \w+|um (?:\w+ ){0,8}?\w+zu\w+en",
        r"zur vorbereitung (?:auf|des|der|vom)|als (?:vorbereitung|grundlage|basis) (?:auf|für)|grundlage für|(?:zweck|verwendung|einsatz|nutzung)(?: ist|:)|dient (?:zur|dazu|als)|zur vorlage (?:bei|an)",
        r"soll (?:danach|dann|sich|nur|damit|am ende) (?:\w+ ){0,6}\w+|(?:sie|er) soll (?:danach|dann|nur|sich|am ende|damit)|bevor (?:sie|er|wir|ich|der|die)",
        r"(?:ich|wir) (?:will|wollen|möchte|muss|müssen|brauche|soll) (?:vor allem|dann|morgen|damit|danach|ihr|ihm|daraus|heute) ?\w+|ich will (?:sie|ihn) \w+|(?:und|aber) (?:will|möchte|muss|brauche) (?:sie|ihn|ihr|ihm|vorbereitet|vor allem|dann|dort) \w+|ich (?:will|möchte|muss) (?:\w+ ){0,3}?(?:nicht (?:in|auf|über|unvorbereitet|ins)|vorbereitet|überzeugen|bestehen|antworten|zuhören)|womit ich|nicht dabei war\w*|heute (?:noch )?der reihe nach|(?:genau )?dafür brauche ich|dafür (?:ich )?brauche",
        r"(?:gut |besser )?vorbereitet (?:bin|sein|ist|in|zu|sind)|weil (?:sie|er|wir|ich) \w+|(?:mit|anhand|nach) (?:der|dem|denen|welche[nrm]) (?:ich|er|sie|mein\w*|unser\w*|die|der) \w+|(?:ich|wir) (?:nehme|nehmen|lege|habe|hake|gehe|lese|trage|tippe) (?:sie|es|ihn|das|die) (?:\w+ )?(?:am|zur|neben|mit|vor|beim|im|während|dann|ab)",
    ),
    form=any_of(
        r"\w*stich(?:punkt|wort|wört)\w*|\w*aufzählung\w*|bullet\w*(?:[- ]points?)?|(?<!ersatzteil)(?<!teile)(?!ersatzteilliste)\w*listen?|\w*tabelle\w*|tabellarisch|(?:\d+ )?abs(?:atz|ätze|ätzen)\w*|\w*matrix",
        r"überschrift(?:en)?|zwischen(?:überschrift|titel)(?:n|en)?|betreff(?:zeile)?\w*|abschnitte?n?|nummeriert\w*|\w*spalten?|zeile (?:je|pro)|punkten?|fließtext\w*|prosa|markdown|randnummern",
        r"json|csv|gliederung\w*|gegliedert|spiegelstrich\w*|blöcken?|felder|untereinander|checkliste|frage[- ]antwort|pro (?:und|/|&) (?:kontra|contra)",
        r"format:? \w+|struktur:?|titel|je zeile|pro zeile|einzeiler|gruppiert|vorlage:?|bulletpoints?|rubriken|ziffern|\w*aufstellung|(?:zwei|drei|vier) teile|headline",
    ),
    counted=any_of(
        rf"{_MANY} {_ADJ}{_COUNTED}",
        rf"(?:höchstens|maximal|max\.?|bis zu|mindestens|genau|nicht mehr als|die|je) {_MANY} {_ADJ}{_COUNTED}|je ein(?:e|en|em|er)? {_ADJ}{_COUNTED}",
        r"einseiter|one-?pager|zweispaltig\w*|dreispaltig\w*|vierspaltig\w*|einzeiler",
    ),
    length=any_of(
        rf"(?:<|unter|~|≤|rund|etwa|ca\.?|circa|ungefähr|max\.?|maximal|höchstens|bis zu|bis)? ?{_COUNT}[ -]?{_ADJ}(?:wörtern?|worten?|worte|s(?:atz|ätze|ätzen)|zeilen?|zeichen|seiten?|din[- ]?a4|a4|abs(?:atz|ätze|ätzen)|punkte?n?|stich(?:punkte?|worte)n?|bullets?|bulletpoints?|\w*fragen|spalten|minuten lesezeit|tokens?|bildschirmseite|einwände?n?|argumente?n?|risiken|schritten?|stück)",
        r"(?:halben?|dreiviertel|viertel) (?:din[- ]?a4[- ]?)?seite|einseiter|einzeiler|one-?pager|auf einem blatt",
        r"(?:wörter|worte|sätze|zeilen|zeichen|punkte|länge|umfang|seiten?) ?(?::|<|≤|max\.?|maximal|höchstens) ?\d+",
        r"(?:ein|einem|einen|einer|eine) (?:satz|absatz|seite|zeile)|(?:max\.?|maximal|höchstens|unter|nicht über|nicht mehr als|obergrenze) \d+\w?|je (?:ein|einen|einem|eine|einer) (?:satz|zeile)",
        r"\d+-?(?:wort|wörter|zeilen?|seiten?)|(?:höchstens|maximal|nicht mehr als) (?:drei|vier|fünf|sechs|sieben|acht|zehn|zwölf)",
    ),
    stop=frozenset(
        words(
            "der die das den dem des ein eine einen einem einer und oder aber auch als am an auf aus bei bis für im in mit nach von vom vor zu zum zur über unter ist sind war waren wird werden wir uns unser sie ihr "
            "ihre er es ich du dein mein nicht kein noch nur so wie was wer wo wenn dass man sich hat haben pro ab welche welchen wieder alle allen neue neuen neuer neues ganze genaue genauen ob unsere"
        )
    ),
    everyday=frozenset(
        words(
            "absatz abschnitt absätze acht alle allein alles als alt andere anderen anderer anderes anders anfang angebot anruf ansprechpartner antwort "
            "antworte antworten april arbeit arbeiten arbeitet art auch aufgabe august außerdem bald beginn beginnt bei beide beim beispiel beispiele "
            "bekannt bekommen bekommt bereits besonders beste besten beteiligten betrifft betroffen bevor bin bis bist bitte bleiben bleibt brauche "
            "brauchen braucht brief bringen bringt dabei dafür daher damit danke dann daran darauf daraus darf darin darüber davon dazu denkt deren "
            "deshalb dessen dezember dich ding dinge dir dokument dort drei dringend dringende durch eben ehrlich eigentlich einfach einige einmal eins "
            "einwand einwände einzelheit einzelheiten einzeln ende entlang entscheiden entscheidet entscheidung entschieden entwurf erfunden ergebnis "
            "erhält erst erste erster etliche etwa etwas exakt fakten fall fast februar fehlen fehlt fertig finden findet firma firmen folgt frage fragen "
            "frei freundlich freundliche froh früh fundstelle fälle fängt führen führt fünf für ganz ganze ganzen ganzer geben gegeben gegen gehen geht "
            "gelten gemacht genau genauer genug gerade gesagt geschichte geschieht geschrieben geschäft gesehen gespräch gestern gibt gilt gleich gleiche "
            "groß große großen grund größe gründe gut guten habe haben hallo halten handeln hast heißen heißt helfen heute hilfe hilfreich hilft hinter "
            "hoch hält höflich hören hört idee ideen ihm ihn immer information insgesamt interesse inzwischen jahr januar jede jeder jedes jemals jemand "
            "jemanden jetzt jeweils juli juni kann keine keinen keiner kennt klar klein kleine kleinen knapp knappe kommen kommt kunde kunden kundin kurz "
            "kurze kurzen kurzer kurzes können könnte lang langsam lassen leicht leider lesen leser leserin letzte leute liebe lieber liest liste listen "
            "lässt läuft mach machen macht mai mail mails manche manchmal markiert material mehr mehrere meint meist meistens mich mir mit monat morgen "
            "muss märz möchte möglich müssen nach name namen neben nehmen nein neu neue neuen neuer neun nicht nichts nie niedrig niemals niemand nimmt "
            "noch notiz notizen notwendig november nur nutzt nächste nächsten nächstes nötig nützlich obwohl offen oft ohne oktober passiert person plan "
            "problem probleme professionell prompt protokoll prüfen prüft punkt punkte qualität quelle quellen redet ruhig sache sachen sag sagen sagt "
            "satz schicken schickt schließt schnell schon schreib schreibe schreiben schreibt schwer schön sechs sehr seit seite seiten selbst september "
            "setzen setzt sicher sieben sieht sodass solange solche solcher soll sollen sollte sonst sorgfältig sowie sprechen spricht spät später start "
            "stattdessen stehen steht stelle stellen stellt stichpunkte sätze tabelle tag tage teil termin text thema themen treffen trotzdem uhr "
            "unbekannt ungefähr unklar unsicher unter unterlagen unternehmen vereinbart verstehen versteht versucht vertrieb viel viele vielleicht vier "
            "vollständig vor vorbereiten vorbereitet wann was weil weiter weitere weiß welche welcher wer wichtig wichtige wichtigen wichtiger wichtigste "
            "wichtigsten wieder will wird wirklich wissen woche wochen wofür wohl womit worden wort worum worüber wurde wählen wählt während wörter zahl "
            "zahlen zehn zeigen zeigt zeile zeilen zeit ziemlich zudem zusammen zusammenfassung zuständige zuständigen zwei zweite zwischen zählt ähnlich "
            "ändern ändert öffnet über überall überschrift überschriften "
        )
    ),
    unnamed=any_of(
        r"(?:schreib|verfass|erstell|entw(?:irf|erf)|formulier|anfertig|erzeug|tipp)(?:e|en|st|t)?(?: sie| mir| uns| bitte| dazu| daraus| mal| ihr| ihm| ihnen){0,3} (?:eine?n?|den|die|das|unsere?n?|meine?n?) (?!paar\b|bisschen\b|wenig\b|etwas\b|was\b|text\b|zeilen\b)[\w-]{4,}",
        r"(?:gib|mach|brauche?|erstelle?|liefere?)(?: mir| uns| dem \w+| der \w+)? (?:eine bühne|ein(?:e|en)? \w+-?(?:blatt|papier|dokument|vorlage|sheet|bogen|zettel))",
    ),
    situated=any_of(
        rf"(?:{_WHO}|(?:^|(?<=[.!?;,:] )|(?<=und ))(?:sie|er|(?:der|die)(?= (?:kennt|weiß|war|versteht|hat noch))))"
        rf"{_NOT_SAID}{_LACKS}",
        rf"(?:{_WHO}|(?:^|(?<=[.!?;,:] ))(?:sie|er|(?:der|die)(?= (?:muss|soll|braucht)))){_NOT_SAID}{_MUST}",
        rf"(?:übernimmt|nimmt|legt|packt|liest|plant|bespricht|braucht|bucht|verteilt|nutzt|arbeitet|schreibt|ruft|fährt) {_WHO}(?! (?:\w+ )?nicht)|{_SOON} (?:übernimmt|liest|plant|packt|bespricht|braucht|nutzt|ruft|fährt|bucht|schreibt|verteilt) \w+",
        rf"{_WHO}, (?:der|die|das|dem|den|denen|deren|welche[rsmn]?) \w+|(?:jemand(?:en|em)?|leute|wer)(?: aus[\w ]{{1,20}})?,? (?:der|die|das|dem|hat|noch) \w+|{_PERSON} (?:legt|gibt|reicht|zeigt) (?:\w+ ){{0,3}}?(?:hin|weiter|vor)\b|kippt alles|(?:in|bei) der sitzung",
        r"(?:er|sie) muss (?:das|es|sie|ihn|damit|den|die|dann|am|vor) (?:\w+ ){0,6}\w+|hörer am ohr|vor sich hat|(?:er|sie|der|die) war (?:noch nie|nicht|nie)|hat (?:\w+ ){0,6}?noch nie|von (?:\w+ ){1,3}?(?:nichts|nix|keine ahnung)|weiß (?:\w+ ){0,4}?(?:nix|nichts)",
    ),
    synonyms=alike(
        "wann termin termine datum tag tage zeitpunkt woche frist zeitplan startdatum monat",
        "preis preise kosten kostet rate summe betrag geld teuer preislich pricing euro kostenrahmen budget ausgeben ausgibt",
        "rabatt nachlass einstiegsrabatt prozent prozente",
        "start starten startet beginn beginnt begin losgeht los inbetriebnahme go-live umgestellt umstellung betrieb abgenommen fertigstellung projektstart einführung",
        "umzug umzugs umzieht umziehen",
        "kommen kommt ankommen ankommt eintreffen eintrifft liefern liefert geliefert nachliefern nachlieferung lieferung liefertermin",
        "zahl anzahl menge viele vielen wieviel mengen gesamtmenge jahresmenge",
        "warum grund ursache wieso weshalb zögert",
        "chance chancen wahrscheinlichkeit gewinnen aussicht aussichten",
        "denkt meint will glaubt vorgeht hält findet",
        "recht schuld richtig unrecht",
        "strom energie stromverbrauch energiekosten stromsparpotenzial einsparpotenzial sparen einsparen einspart",
        "ende endet vertragsende restlaufzeit laufzeit ausläuft",
        "ergebnis ausgegangen ausging gelaufen ausgang",
        "hausanschluss anschluss anschlussleistung",
        "reicht trägt ausreicht genügt stark leistung",
        "passen passt",
        "sperrung gesperrt sperren sperrt frei freimacht",
        "umbau umbaus umbautermin",
        "konkurrenz wettbewerb wettbewerber mitbewerber anderen anbieter",
        "verlangt verlangen kosten teurer bietet bieten",
        "alt alter baujahr",
        "stecker steckertyp",
        "aufschlag samstag samstags samstagsbereitschaft bereitschaft",
        "muster größe l",
        "anbieten bieten gutschrift entschädigen entschädigung",
        "höhe prozentsatz angemessen vorschlag",
    ),
)
