"""Ordinary words that look like names or labels. Own lists; they only ever make scrubbing less eager, never more."""

from __future__ import annotations


def word_set(*lines: str) -> frozenset[str]:
    """The words of some lines."""
    return frozenset(" ".join(lines).split())


#: Words that are first names or surnames too. In lower case, and as a lone part of a longer name, they count as words.
AMBIGUOUS: frozenset[str] = word_set(
    "will may mark bill grace hope joy faith rich rose lily june april august chase drew frank grant jack pat rob",
    "sue art ray guy dean earl price page case cash day west north young long short small little white black",
    "brown green gray grey king best good field fields stone wood woods hill banks brook lane park moon sun star",
    "major minor klein groß gross lang kurz jung alt neu weiß weiss schwarz braun roth rot grün könig kaiser",
    "richter koch becker müller schneider schmied bauer jäger fischer wagner vogel wolf fuchs stein berg bach",
    "feld wald busch sommer winter herbst frühling freitag montag sonntag ernst frei ehrlich stark kraft glück",
    "herr frau an max mai juni juli van von de la le da do di so sie er es in am im auf zu ja jan bo al ed ben",
    "kai tim don gene",
) - word_set(
    "jan bo ben kai tim becker müller schneider fischer wagner",
)


def is_ordinary_word(value: str) -> bool:
    """Whether a match of a name is an ordinary word here: written in lower case, and a word of the language too."""
    return value == value.lower() and value in AMBIGUOUS


#: Never a person's name or part of one in business text.
NEVER_NAMES: frozenset[str] = word_set(
    "chair chairman president minister friend friends everyone everybody folks guys all zusammen kollegen",
    "kolleginnen leute",
    "okay kay board management procurement einkauf geschäftsführung buchhaltung legal finance support",
    "monday tuesday wednesday thursday friday saturday sunday january february march july september october",
    "november december montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag januar februar märz",
    "mai juni juli september oktober november dezember q1 q2 q3 q4 eur euro euros usd dollar chf gbp crm erp api",
    "sla saas roi kpi ceo cfo cto cio coo vp hr it faq pdf excel email e-mail mail tel fax mobil phone web",
    "website dot com www http https yes no ok okay thanks thank please hello hi hey dear danke bitte hallo ja",
    "nein guten tag morgen grüße regards gmbh ag kg ohg inc ltd llc plc corp co se mbh ug sales vertrieb",
    "marketing team kunde customer client vendor supplier partner meeting call demo deal lead angebot vertrag",
    "contract proposal offer invoice rechnung budget product produkt project projekt agenda notes notizen summary",
    "anfrage anruf anrufer anruferin antwort anlage anlagen arbeit artikel auftrag aufträge ausschreibung azubi bedarf beleg bericht beschaffung bestand "
    "betrag betreff brauerei charge chefin daten dienstleister dubletten durchwahl einkäufer einkäuferin empfehlung enkel enkelin entwurf ergebnis "
    "fahrer fahrerin felder firma firmen filiale frachtführer frist fristen garantie gebiet gerät geräte gesellschaft gewinn gewinne gutschrift halle "
    "handy handys heiligabend interessent interessentin jahr jahre karte karten kasse kennzahl kollege kollegin konditionen kosten kombi kommission "
    "konto lager laufzeit leiter leiterin leitung lieferant lieferung liefertermin liste lizenz lizenzen marge margen maschine maschinen menge mengen "
    "messe miete montage muster nachfrage nachlass nutzer ordner palette paletten pause pilot preise prokurist prokuristin protokoll prüfung quartal "
    "rabatt rahmenvertrag rampe reklamation rückfrage rückfragen rückruf sachbearbeiter sachbearbeiterin schlüssel schluessel schulung skonto software "
    "standort steuerprüfung stück stückzahl tabelle tarif teil teile termine treiberin umsatz umsätze unterlage unterlagen unternehmen verbrauch vertreter "
    "vertretung vorlage wartung ware waren werk werkstatt wettbewerb wettbewerber woche wochen wunsch zahl zahlen zahlungsziel zentrale zusage zwischenstand "
    "außerdem allerdings bereits dabei dadurch dafür dagegen daher damals damit danach daran darauf daraus darin darüber darum davon davor dazu deshalb "
    "dennoch derzeit ebenfalls eigentlich endlich fast ferner gerade gern gestern heute hier hierzu immer insgesamt inzwischen jedoch jetzt leider "
    "links manchmal mehrere meist morgens nachmittags oben oft privat rechts rein schon sofort sonst trotzdem übrigens ungefähr unten viele vielleicht "
    "vorhin vormittags wenige wieder zudem zuerst zuletzt zurzeit",
    "agreement answer approval asset assets backlog balance batch boss brochure buyer buyers campaign cart catalogue checklist clause client clients "
    "colleague colleagues competitor competitors cost costs coverage cushion dashboard data dealer deadline delay delivery demand deposit desk device devices "
    "discount dispatch downtime engineer engineers estimate export extension feedback fee fees figure figures forecast foreman freight goods growth "
    "headcount hubby husband import industry inventory item items kickoff landlord launch lease licence license licences licenses list logistics "
    "machine machines maintenance margin margins market markets minutes mortgage newsletter onboarding order orders owner ownership package packaging "
    "pallet pallets payment payments percent pilot pipeline plan plans plant policy ports prices pricing printer printers process promo "
    "quota quote quotes range rate rates rebate receipt refund region release renewal rent rental report reports request retail retailer returns revenue "
    "review rollout royalty sample samples savings schedule screen screenshot segment seller sellers server service services setup shelf shipment shipments "
    "shipping software spreadsheet staff stock storage store stores survey target targets tariff tax taxes template tender terminal terminals terms test "
    "tests ticket tickets timeline training transfer trial trials truck trucks tyres unit units update updates upgrade uplift vendor vendors volume "
    "warehouse warranty week weeks wholesaler wife wifi yield already also although back because before both currently however maybe meanwhile nearly "
    "often otherwise perhaps probably quickly really recently soon still then there therefore today together tomorrow unfortunately usually yesterday",
    "speaker sprecher interviewer moderator operator i you he she we they ich wir ihr du man the and und der die",
    "das",
)

#: Labels before a colon at the start of a line that are not speakers.
NOT_SPEAKERS: frozenset[str] = NEVER_NAMES | word_set(
    "re aw wg fw fwd subject betreff from von to an cc bcc date datum sent gesendet time zeit uhrzeit ort",
    "location place attendees participants teilnehmer next steps nächste schritte action item items todo todos",
    "aufgaben ziel ziele goal goals pain need needs bedarf champion decision maker entscheider economic buyer",
    "metrics criteria process timeline zeitplan risk risks risiko risiken competition competitor wettbewerb",
    "status stage phase price preis pricing preise total summe discount rabatt amount betrag currency währung",
    "company firma unternehmen industry branche size größe name vorname nachname first last title titel role",
    "rolle position contact kontakt ansprechpartner address adresse anschrift phone telefon mobile handy internet",
    "url link links quelle source hinweis note example beispiel question frage answer antwort q a ps p.s",
    "background hintergrund context kontext problem solution lösung situation complication implication outcome",
    "result ergebnis ergebnisse fazit conclusion topic thema themen points punkte open offene offen account owner",
    "opportunity forecast close probability reason grund quote order bestellung delivery lieferung payment",
    "zahlung terms conditions bedingungen laufzeit start ende end duration dauer version user system assistant",
    "input output prompt rep seller buyer verkäufer käufer einkauf einkäufer vertriebler berater consultant agent",
    "caller callee author autor commit todo acct notiz ablauf tn operator moderation respondent prospect sdr bdr ae csm anrufer anruferin kundin gästin kollege kollegin beraterin verkäuferin"
    " einkäuferin interviewte befragte befragter receptionist empfang zentrale voicemail bot chatbot assistant assistent",
    "host guest gast manager director leiter geschäftsführer chef chief officer head vice president engineer",
    "developer entwickler designer interface industrial expert support service kundenservice hotline unknown",
    "unbekannt iban bic ust steuer id nr nummer number kundennummer password passwort token key kennwort benutzer",
    "username login e-mail geburtsdatum dob birth of",
)

#: Words behind "Herr", "Mr" and the like that belong to the form of address.
HONORIFICS: frozenset[str] = word_set(
    "herr herrn frau mr mrs ms miss mister sir madam dr prof professor doctor doktor dipl ing mag",
)

#: Words that may begin the clause behind a name and then look like a part of it.
CONTINUATIONS: frozenset[str] = word_set(
    "wir ich sie er es der die das wie vielen danke anbei gerne hat ist war wird kommt und oder mit von",
    "i we he she it the this that thanks thank as please hope would could is was has will can from and or with at of",
    "for to",
)

#: Parts of e-mail addresses that name a task, not a person.
ROLE_ADDRESSES: frozenset[str] = word_set(
    "info office sales service support kontakt contact mail post team admin hello hallo billing invoice invoices rechnung buchhaltung einkauf",
    "vertrieb bestellung orders accounts noreply marketing personal jobs presse shop zentrale empfang werkstatt technik bot reply the",
    "help desk data dev ops test user root live web www lead leads",
)
