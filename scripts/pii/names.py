"""Values for the slots of the training sentences: names of many origins, towns, firms, numbers. No real person is meant.

Given names and surnames come from Faker's locale data (MIT licence). Every fifth name is left out by its hash, so that the
benchmark's sentences, which draw on the same data, also hold names the model has never seen.
"""

import hashlib
import random
from collections.abc import Iterable
from pathlib import Path

from faker import Faker
from faker.config import AVAILABLE_LOCALES
from faker.factory import Factory

GERMAN = (
    "de_DE",
    "de_AT",
    "de_CH",
    "de_LI",
    "tr_TR",
    "pl_PL",
    "it_IT",
    "hr_HR",
    "cs_CZ",
    "hu_HU",
    "ro_RO",
    "es_ES",
    "fr_FR",
    "nl_NL",
    "sl_SI",
    "sk_SK",
    "vi_VN",
    "en_IN",
    "lb_LU",
    "dk_DK",
    "da_DK",
    "sv_SE",
)
ENGLISH = ("en_US", "en_GB", "en_IE", "en_AU", "en_NZ", "en_IN", "en_CA", "en_NG", "en_KE", "en_PK", "en_BD", "en_PH", "fr_FR", "es_ES", "it_IT", "pl_PL", "nl_NL", "sv_SE", "no_NO", "fi_FI", "pt_BR", "tr_TR", "vi_VN", "id_ID", "zu_ZA", "yo_NG", "tw_GH", "ga_IE", "sw", "da_DK", "de_DE", "ro_RO", "hr_HR", "es_MX")  # fmt: skip

#: Words that are names too; each comes as a name in the sentences and as a word in those without names.
WORDS_DE = "Kurz Lang Lange Weiß Klein Groß Sommer Winter Ernst Frei Stark Roth Schwarz Braun Grün König Kaiser Richter Koch Bauer Bach Berg Feld Stein Vogel Fuchs Wolf Hahn Jung Alt Neu Kraft Sturm Frost Herbst Baum Busch Wald Engel Herzog Graf Fürst Pfeifer Metzger Bäcker Schreiner Zimmermann Wirt Vogt Schulz Krug Stahl Eisen Gold Silber Kuhn Rost Horn Keil Blume Rose Storch Kranz Sauer Süß Reich Gut Ehrlich Fromm Stolz".split()
WORDS_EN = "Price Field Fields Banks Page Case West Young Long Short Black White Green Brown Gray King Knight Bishop Hall Wood Woods Stone Hill Lake Rivers Brook Marsh Moss Reed Rice Pepper Salt Coffey Best Good Sharp Swift Power Bright Frost Winters Summers May March Day Noon Banks Cash Gold Silver Small Little Park Parks Lane Street Church Temple Abbott Cook Baker Butcher Cooper Fisher Hunter Mason Potter Sawyer Taylor Tyler Turner Walker Ward Booth Chance Love Joy Loving Savage Wise Strong London York Paris Lincoln Washington Chester Lancaster Bolton Burton".split()
FIRST_DE = "Mark Rosa Viola Heide Tom Ernst Frank Heidi Iris Jasmin Melissa Kai Jan Ben Tim Gero Wolf Falk Sieglinde Friedrich Hartmut Dörte Wiebke Swantje Frauke Insa Enno Onno Tjark Fiete Wastl Vroni Vreni Urs Beat Reto Priska Ueli Regula Kaspar Gian Flurin Bruno Toni Ilse Horst Ayşe Aylin Emre Mehmet Fatma Jelena Dragana Ivica Svetlana Oksana Mykola Rania Yusuf Amira Thảo Minh Đức Lan Anh Priya Ngozi Chidi Kwame".split()
FIRST_EN = "Will Mark Grace Rose Bill Grant April June May August Chase Dean Hope Faith Joy Frank Rich Sue Pat Drew Art Jack Bob Rob Ray Guy Gene Don Dale Glen Cliff Heath Ivy Holly Hazel Violet Daisy Lily Olive Ginger Amber Ruby Pearl Jade Crystal Misty Sunny Summer Autumn Dawn Eve Christian Victor Miles Norm Earl Duke Prince King Major Siobhan Niamh Aoife Caoimhe Oisin Tadhg Eoin Saoirse Padraig Mhairi Eilidh Hamish Rhys Carys Dilys Nkechi Chukwuemeka Adaeze Babatunde Oluwaseun Kofi Ama Abena Yaw Xiaoming Jiayi Wei Hyun-woo Soo-jin Linh Thuy Fatima Omar Layla Khalid".split()
NICK_DE = "Uli Resi Wastl Manni Uschi Steffi Hannes Hansi Seppi Sepp Rudi Kalle Matze Basti Flo Flori Maxi Toni Leni Leo Lilli Moni Gabi Gabi Susi Evi Traudl Poldi Franzi Schorsch Girgl Hias Xaver Jupp Pitter Hein Fiete Jojo Kathi Nele Tine Bine Biggi Conny Andi Olli Michi Heiner Ralle Addi Ecki Lenni Benni Domi Chris Alex Sascha Manu Mo Ali Memo Goran Zoki Vreni Röbi Hansruedi Koni Ruedi Köbi".split()
NICK_EN = "Deb Debs Mo Gaz Daz Baz Shaz Caz Jez Jools Fi Jen Jenny Kate Katie Kat Liz Lizzie Beth Meg Maggie Peg Val Viv Bev Trish Tash Nat Nats Sam Alex Al Ali Andy Ange Barb Ben Benji Bex Becks Charlie Chuck Dave Davo Ed Eddie Ted Ned Fran Frankie Gabe Geoff Ger Hank Hal Harry Iggy Jim Jimbo Joe Joey Josh Kev Ken Lenny Lou Mick Mickey Mike Nick Pete Ron Ronnie Sandy Sid Stan Steve Stu Sully Tim Tom Tommo Tony Vinny Vic Zac Zee Raj Sanj Vik Priya Kav Abs Femi Seun Kunle Tunde Chi Emeka Ngoz Paddy Mossie Declan Dec Shay".split()  # fmt: skip
CITIES_DE = "Ulm Kiel Köln Bonn Jena Hof Wels Linz Graz Wien Bern Basel Zürich Zug Chur Luzern St. Gallen|Bad Homburg|Bad Tölz|Frankfurt am Main|Freiburg im Breisgau|Halle (Saale)|Rothenburg ob der Tauber|Neustadt an der Weinstraße|Garmisch-Partenkirchen|Villingen-Schwenningen|Wiener Neustadt|Klagenfurt am Wörthersee|Sankt Pölten|La Chaux-de-Fonds"
CITIES_EN = "Leeds|York|Bath|Hull|Cork|Galway|Sligo|Perth|Dundee|Milton Keynes|Stoke-on-Trent|Newcastle upon Tyne|Kingston upon Hull|St Albans|Bury St Edmunds|New Haven|Baton Rouge|Cedar Rapids|Salt Lake City|Fort Wayne|Pune|Chennai|New Delhi|Wagga Wagga|Palmerston North|Tauranga"
STREETS_DE = "Hauptstraße|Bahnhofstr.|Am Hang|Im Winkel|An der Mühle|Auf dem Kamp|Zur Alten Post|Unter den Eichen|Karl-Marx-Allee|Goethestraße|Industriestraße|Pilatusstrasse|Seestrasse|Lindenweg|Rosengasse|Marktplatz|Schillerring|Hafendamm|Käsereiweg|Museumstraße|Ernst-Reuter-Platz|Bgm.-Schmidt-Str.|Kirchgasse|Gewerbepark Nord|Alte Landstraße|Oberer Graben|Mühlbachstraße|Dorfstraße|Wiesenweg|Straße des 17. Juni"
STREETS_EN = "High Street|Station Road|Church Lane|Mill Road|Park Avenue|Elm Street|Maple Drive|King's Road|St James's Square|Harbour View|Quay Street|O'Connell Street|MG Road|Linking Road|George Street|Queen St|Old Mill Court|Sunset Blvd|River Walk|Canal Wharf|Industrial Estate|Enterprise Way|Kingsland Rd|Bond St|Commerce Park Drive|Route 9|Peachtree Pkwy|Highland Terrace|Meadow Close|The Crescent"
PRODUCTS = "Nordwerk Gateway|CoolTrack 300|SensorHub|Kaiser-Bohrer|Richter X2|Weber-Kante|Falcon CRM|Rose Gold Edition|Summit Suite|ProLine 5|Alpha Dock|Becker-Ventil|Mercury ERP|Phoenix Plan|Wintergarten|Königsklasse|MaxFlow|Victoria Line|Lotus Notes|Jordan Shelf|Madison Desk|Chase Pack|Grace Period Plan|Marktmonitor|Baumann-Stecker"
ORGS_DE = "Hartwig & Söhne|Levante Feinkost|Quantis Cloud GmbH|Glashütte Nord|Sägewerk Oberland|Nordlicht Leuchten AG|Donau Spedition|Papierhof Neiße|Weserkühl Terminal|Tiefblau Software|Metzgerei Kramer|Stadtwerke|Volksbank|Becker Anlagenbau|Autohaus am Ring|Bosch|Siemens|Sparkasse"
ORGS_EN = "Harwood & Sons|Blue Heron Logistics|Northgate Foods|Quantis Cloud Ltd|Summit Dental Group|Baker McRae LLP|Lakeside Packaging|Orchard Analytics|Kingfisher Motors|Marlow Brothers|Redwood Partners|Bright & Co|Chester Fields Ltd|Goldman|Barclays|Siemens"


def _kept(name: str) -> bool:
    return hashlib.sha256(name.encode()).digest()[0] % 5 != 0


def _locale_names(locales: Iterable[str]) -> tuple[list[str], list[str]]:
    first: set[str] = set()
    last: set[str] = set()
    for locale in locales:
        if locale not in AVAILABLE_LOCALES:
            continue
        provider = Factory._find_provider_class("faker.providers.person", locale)[0]
        for bag, words in (
            (first, ("first_names", "first_names_male", "first_names_female")),
            (last, ("last_names", "last_names_male", "last_names_female")),
        ):
            for word in words:
                bag.update(str(name) for name in getattr(provider, word, ()) or ())
    return _plain(first), _plain(last)


def _plain(names: set[str]) -> list[str]:
    return sorted(
        name for name in names if _kept(name) and 2 <= len(name) <= 24 and name.isprintable() and ord(name[0]) < 0x370
    )


DICTIONARIES = {"de": Path("/usr/share/dict/ngerman"), "en": Path("/usr/share/dict/british-english")}


def _ordinary_words(language: str) -> list[str]:
    """Words of a dictionary that are nobody's name: what is said of things, to stand where a name could stand.

    From Debian's packages wngerman and wbritish. In German a capital is kept, in English only words without one are taken.
    """
    names = {
        part.lower()
        for bag in (*_locale_names(GERMAN), *_locale_names(ENGLISH))
        for name in bag
        for part in name.split()
    }
    names |= {name.lower() for bag in (WORDS_DE, WORDS_EN, FIRST_DE, FIRST_EN, NICK_DE, NICK_EN) for name in bag}
    lines = DICTIONARIES[language].read_text(encoding="utf-8").splitlines()
    return [
        word
        for word in lines
        if word.isalpha()
        and 3 <= len(word) <= 18
        and word.lower() not in names
        and (language == "de" or word.islower())
    ]


class Values:
    """Draws values for the slots of one language."""

    def __init__(self, language: str, chance: random.Random) -> None:
        german = language == "de"
        self.chance = chance
        self.language = language
        self.first, self.last = _locale_names(GERMAN if german else ENGLISH)
        self.other_first, self.other_last = _locale_names(ENGLISH if german else GERMAN)
        self.words = WORDS_DE if german else WORDS_EN
        self.own_first = FIRST_DE if german else FIRST_EN
        self.ordinary = _ordinary_words(language)
        self.nick = NICK_DE if german else NICK_EN
        cities = CITIES_DE if german else CITIES_EN
        self.cities = [
            city for part in cities.split("|") for city in (part.split() if german and "St." in part else [part])
        ]
        self.streets = (STREETS_DE if german else STREETS_EN).split("|")
        self.orgs = (ORGS_DE if german else ORGS_EN).split("|")
        self.products = PRODUCTS.split("|")
        self.fake = Faker("de_DE" if german else "en_GB")
        self.fake_us = Faker("de_AT" if german else "en_US")
        places = (
            "de_DE",
            "de_AT",
            "de_CH",
            "en_GB",
            "en_US",
            "en_IN",
            "en_AU",
            "en_IE",
            "it_IT",
            "es_ES",
            "fr_FR",
            "pl_PL",
            "nl_NL",
            "sv_SE",
            "da_DK",
        )
        self.places = [Faker(locale) for locale in (places if german else (*places[3:8] * 2, *places))]
        Faker.seed(7)

    def _pick(self, *bags: tuple[float, list[str]]) -> str:
        at = self.chance.random() * sum(weight for weight, _ in bags)
        for weight, bag in bags:
            if at < weight:
                return self.chance.choice(bag)
            at -= weight
        return self.chance.choice(bags[-1][1])

    def address(self) -> str:
        """A postal address, street alone now and then."""
        fake = self.chance.choice(self.places)
        return str(fake.street_address() if self.chance.random() < 0.3 else fake.address())

    def draw(self, slot: str) -> str:
        """A value for a slot's name."""
        chance, fake = self.chance, self.chance.choice((self.fake, self.fake_us))
        match slot:
            case "FIRST":
                name = self._pick((6, self.first), (3, self.own_first), (1.5, self.other_first))
                return f"{name}-{self.chance.choice(self.first)}" if chance.random() < 0.03 else name
            case "LAST":
                name = self._pick((6, self.last), (2.5, self.words), (1.5, self.other_last))
                if chance.random() < 0.07:
                    name += "-" + self._pick((1, self.last), (0.3, self.words))
                if chance.random() < 0.02:
                    name = chance.choice(("von ", "van ", "de ", "El ", "O'", "Mc", "al-", "zu ")) + name
                return name
            case "NICK":
                return chance.choice(self.nick)
            case "INITIAL":
                return chance.choice("ABCDEFGHIJKLMNOPRSTUVW")
            case "STREET":
                return self._pick((3, self.streets), (2, [fake.street_name()]))
            case "NO":
                return str(chance.randint(1, 240)) + chance.choice(
                    ("", "", "", "", "a", " b", "-" + str(chance.randint(3, 99)) if self.language == "de" else "")
                )
            case "ZIP":
                return str(fake.postcode())
            case "CITY":
                return self._pick((3, self.cities), (4, [fake.city()]))
            case "STATE":
                return chance.choice(
                    (
                        "TX",
                        "CA",
                        "New York",
                        "Ohio",
                        "NSW",
                        "Kerala",
                        "Maharashtra",
                        "Co. Cork",
                        "Surrey",
                        "Kent",
                        "West Yorkshire",
                        "Bayern",
                        "Hessen",
                    )
                )
            case "ORG":
                return self._pick((3, self.orgs), (1, [fake.company()]))
            case "PRODUCT":
                return chance.choice(self.products)
            case "PHONE":
                return str(fake.phone_number())
            case "EMAIL":
                return str(fake.email())
            case "IBAN":
                return str(fake.iban())
            case "ID":
                return fake.bothify(
                    chance.choice(("######", "K-#####", "??-####", "20##/###", "AB##-###-#", "#### ####", "V-##.###"))
                ).upper()
            case "AMOUNT":
                figure = f"{chance.randint(1, 900)}"
                return chance.choice(
                    (f"{figure}.000 €", f"{figure} TEUR", f"{figure} k")
                    if self.language == "de"
                    else (f"£{figure},000", f"${figure}k", f"{figure},500 EUR")
                )
            case "DATE":
                return chance.choice(
                    (f"{chance.randint(1, 28)}.{chance.randint(1, 12)}.", f"KW {chance.randint(1, 52)}", "12. März")
                    if self.language == "de"
                    else (
                        f"{chance.randint(1, 28)} May",
                        f"{chance.randint(1, 12)}/{chance.randint(1, 28)}",
                        "next Tuesday",
                        "Q3",
                    )
                )
            case "TIME":
                return f"{chance.randint(7, 19)}:{chance.choice(('00', '15', '30', '45'))}"
        raise KeyError(slot)
