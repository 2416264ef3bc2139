"""Short sentences with invented values, in the manner of presidio-research's synthetic set: own templates, values by Faker.

The seed decides the values and which half of the templates is used: *development* and *kept* share neither.
"""

import random
from collections.abc import Callable, Iterator

from faker import Faker

from bench.pii.corpus import Text, parse

_LOCALES = (
    "en_US",
    "en_GB",
    "en_IN",
    "en_AU",
    "en_IE",
    "de_DE",
    "fr_FR",
    "it_IT",
    "es_ES",
    "nl_NL",
    "sv_SE",
    "da_DK",
    "pl_PL",
    "no_NO",
)

# {NAME} {FIRST} {LAST} {EMAIL} {PHONE} {STREET} {ADDRESS} {CARD} {IBAN} {SSN} {IP} {URL} {ORG} {PLACE} {BIRTH} {LICENCE} {POSTCODE}
_TEMPLATES = (
    "Hi, my name is {NAME} and I would like to know more about the premium plan.",
    "Please change the delivery address of {NAME} to {ADDRESS}.",
    "{FIRST} from {ORG} asked whether we can call back on {PHONE}.",
    "My credit card {CARD} was charged twice last Friday, can you look into it?",
    "The refund for {LAST} goes to {IBAN}, please confirm by mail to {EMAIL}.",
    "I moved from {PLACE} to {PLACE} in March; my new address is {STREET}.",
    "Dr. {LAST} will present the results, {FIRST} takes the minutes.",
    "Just got off the phone with {FIRST} {LAST}, she wants the contract by Monday.",
    "Requests came from {IP} within one minute, then the account was locked.",
    "Social security number {SSN} belongs to {NAME}, born on {BIRTH}.",
    "He grew up in {PLACE}, studied in {PLACE} and now works for {ORG}.",
    "Send the invoice to {NAME}, {ADDRESS}, and a copy to {EMAIL}.",
    "Could {FIRST} and {FIRST} join the call at 4 pm? {LAST} cannot make it.",
    "Our website {URL} was down when {NAME} tried to sign in from {IP}.",
    "Driver license {LICENCE} was copied by {NAME} on 3 May.",
    "This is {NAME}. My number is {PHONE}, call me any time after six.",
    "{NAME}: {PHONE}, {EMAIL}",
    "The meeting with Mr. {LAST} and Mrs. {LAST} moved to the second floor.",
    "What is the limit on card {CARD}? The name on it is {NAME}.",
    "{ORG} hired {NAME} as head of procurement; before that {FIRST} worked in {PLACE}.",
    "I have lost my card. Number: {CARD}. Please send a new one to {STREET}, {PLACE}.",
    "Can someone please phone me on {PHONE} about order 4711? Ask for {FIRST}.",
    "Ms {LAST}'s assistant said the budget is 40,000 dollars, and {FIRST}'s team agrees.",
    "My postcode is {POSTCODE}, is that inside your delivery area?",
    "As {LAST} writes in his report, prices rose by 7 percent between 2019 and 2023.",
    "FROM: {NAME} <{EMAIL}>\nTO: sales\nSUBJECT: quote\n\nWe are a family business with 80 people.",
    "Dear {FIRST},\nthank you for the visit. The samples arrive next week.\nBest regards,\n{NAME}\n{ORG}",
    "Patient of record: {NAME}; date of birth: {BIRTH}; phone {PHONE}.",
    "Transfer 250 dollars from my account to {IBAN}, reference rent for {STREET}.",
    "I'm {FIRST}, I live at {ADDRESS} and my doorbell says {LAST}.",
    "Who signed for the parcel? The driver noted {LAST}, the neighbour says it was {FIRST}.",
    "We met {NAME} at the fair in {PLACE}; {FIRST} will follow up with a sample.",
    "how do I change my address to {ADDRESS} for post mail?",
    "{NAME} lives at {STREET}, {PLACE}, and can be reached at {EMAIL} or {PHONE}.",
    "The VPN shows {IP} as the last address of {FIRST}'s laptop.",
    "More about {NAME} here: {URL}",
    "SSN {SSN}, card {CARD}, phone {PHONE}: all three were read out on the recording.",
    "Inject SELECT * FROM users where client_ip = {IP} and you will see it happen.",
    "{LAST}, {FIRST}; {ADDRESS}; {EMAIL}",
    "In {PLACE} we have two customers, {ORG} and {ORG}, both looked after by {NAME}.",
)  # fmt: skip


def _person(fake: Faker) -> str:
    return fake.first_name() + " " + fake.last_name()


def _one_line(value: str) -> str:
    return value.replace("\n", ", ")


def _iban(fake: Faker) -> str:
    value: str = fake.iban()
    return value


_VALUES: dict[str, tuple[str, Callable[[Faker], str]]] = {
    "NAME": ("PERSON", _person),
    "FIRST": ("PERSON", lambda fake: fake.first_name()),
    "LAST": ("PERSON", lambda fake: fake.last_name()),
    "EMAIL": ("EMAIL", lambda fake: fake.email()),
    "PHONE": ("PHONE", lambda fake: fake.phone_number()),
    "STREET": ("ADDRESS", lambda fake: fake.street_address().replace("\n", " ")),
    "ADDRESS": ("ADDRESS", lambda fake: _one_line(fake.address())),
    "CARD": ("CREDIT_CARD", lambda fake: fake.credit_card_number()),
    "IBAN": ("IBAN", _iban),
    "SSN": ("NATIONAL_ID", lambda fake: Faker("en_US").ssn()),
    "IP": ("IP_ADDRESS", lambda fake: fake.ipv4()),
    "URL": ("URL", lambda fake: fake.url()),
    "ORG": ("ORG", lambda fake: fake.company()),
    "PLACE": ("PLACE", lambda fake: fake.city()),
    "BIRTH": ("DATE_OF_BIRTH", lambda fake: fake.date_of_birth().strftime("%d/%m/%Y")),
    "LICENCE": ("NATIONAL_ID", lambda fake: fake.bothify("?#######").upper()),
    "POSTCODE": ("ADDRESS", lambda fake: Faker("en_GB").postcode()),
}


def texts(name: str, count: int = 400) -> Iterator[Text]:
    """``count`` texts of the set ``name``, always the same ones."""
    half = 0 if name == "development" else 1
    chance = random.Random(f"pii {name}")
    Faker.seed(1000 + half)
    fakes = {locale: Faker(locale) for locale in _LOCALES}
    templates = _TEMPLATES[half::2]
    for number in range(count):
        template = templates[number % len(templates)]
        locale = chance.choice(_LOCALES)
        for key, (type_, make) in _VALUES.items():
            while (mark := "{" + key + "}") in template:
                template = template.replace(mark, f"⟦{type_}:{make(fakes[locale])}⟧", 1)
        text, spans = parse(template)
        yield Text(f"{name}-{number}", "generated", "en", text, spans)
