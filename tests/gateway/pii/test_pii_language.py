"""English, German and their mixture are accepted; other languages are refused by name."""

from __future__ import annotations

import pytest

from workbench.gateway.pii import LanguageUnsupported, anonymize, detect_language

REFUSED = [
    ("fr", "Bonjour, nous avons bien reçu votre offre. Pouvez-vous nous envoyer les prix pour deux ans ?"),
    ("fr", "Le client souhaite une démonstration la semaine prochaine avec son équipe."),
    (
        "es",
        "Hola Marta, gracias por la reunión de ayer. El cliente quiere una propuesta con los precios para dos años.",
    ),
    (
        "it",
        "Buongiorno, abbiamo ricevuto la vostra offerta e vorremmo una dimostrazione per il nostro ufficio acquisti.",
    ),
    ("pl", "Dzień dobry, dziękuję za spotkanie. Klient chce otrzymać ofertę na dwa lata, ale nie jest jeszcze pewny."),
    ("tr", "Merhaba, dünkü toplantı için teşekkür ederim. Müşteri iki yıl için bir teklif istiyor."),
    ("pt", "Olá, obrigado pela reunião de ontem. O cliente quer uma proposta com os preços para dois anos."),
    ("nl", "Hallo Jan, bedankt voor het gesprek van gisteren. De klant wil een offerte voor twee jaar."),
    ("sv", "Hej, tack för mötet igår. Kunden vill ha en offert för två år men tycker att priset är för högt."),
    ("cs", "Dobrý den, děkuji za schůzku. Zákazník chce nabídku na dva roky, ale cena je podle něj vysoká."),
    ("ru", "Здравствуйте, спасибо за встречу. Клиент хочет получить предложение на два года."),
    ("zh", "您好，谢谢您昨天的会议。客户希望收到两年的报价。"),
    ("ja", "こんにちは、昨日の会議ありがとうございました。見積もりをお願いします。"),
    ("ko", "안녕하세요, 어제 회의 감사합니다. 견적을 보내 주세요."),
    ("ar", "مرحبا، شكرا على الاجتماع أمس. العميل يريد عرضا لمدة سنتين."),
]


@pytest.mark.parametrize(("code", "text"), REFUSED)
def test_other_languages_are_refused_by_name(code: str, text: str) -> None:
    with pytest.raises(LanguageUnsupported) as refusal:
        detect_language(text)
    assert refusal.value.code == code


def test_scrubbing_refuses_other_languages_and_echoes_nothing() -> None:
    with pytest.raises(LanguageUnsupported) as refusal:
        anonymize({"note": REFUSED[0][1]})
    assert "Bonjour" not in str(refusal.value)


def test_prose_in_a_language_nobody_listed_is_refused() -> None:
    albanian = (
        "klienti dëshiron një ofertë për dy vjet dhe mendon se çmimi është shumë i lartë për buxhetin tonë. takimi ynë "
        "ishte shumë i mirë, por vendimi merret vetëm pas pushimeve verore. ju lutem dërgoni kontratën sa më shpejt që "
        "të mundeni, sepse drejtori dëshiron ta lexojë para mbledhjes. nëse keni pyetje, telefononi zyrën tonë nesër."
    )
    with pytest.raises(LanguageUnsupported):
        detect_language(albanian)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Hi Anna, thanks for the call. We will send the offer on Tuesday."),
        ("en", "Budget 50k, decision in May, Rachel signs."),
        ("en", "Meeting w/ Pierre Dubois de la Société Générale, Paris. Send price list."),
        ("en", "SELECT name, amount FROM deals WHERE stage = 'closed' AND owner_id = 12"),
        ("en", '{"deal": 12, "stage": "closed won", "amount": 45000}'),
        ("de", "Hallo Herr Meier, vielen Dank für das Gespräch."),
        ("de", "Rabatt klären, Muster schicken, nächste Woche anrufen"),
        ("de", "Der Champion ist sehr happy mit dem Forecast, wir closen im Mai"),
        ("de", "Guten Tag Frau de la Cruz, anbei das Angebot für die Lizenz."),
        ("de", "Er sagte: we are fine with the price. Danach haben wir über die Laufzeit und den Rabatt gesprochen."),
        ("en", "OK"),
        ("en", ""),
        ("en", "12345 !!"),
    ],
)
def test_english_german_mixed_and_short_texts_are_accepted(language: str, text: str) -> None:
    assert detect_language(text) == language
