"""What is said by itself when the line or a sense fails, by language: data only.

In this order, as in `engine.flow.document.NOTICES`: the line is back, nothing can be heard, nothing works any more,
it takes a while.
"""

from collections.abc import Mapping
from types import MappingProxyType

LANGUAGES: Mapping[str, tuple[str, str, str, str]] = MappingProxyType(
    {
        "en": (
            "Sorry, the line was gone for a moment. I am back.",
            "I am having trouble hearing you. Please use the keys of your telephone.",
            "I am sorry, something is not working here. Please call again later.",
            "One moment, please.",
        ),
        "cs": (
            "Promiňte, spojení se na chvíli přerušilo. Už jsem zpátky.",
            "Špatně vás slyším. Použijte prosím tlačítka telefonu.",
            "Omlouvám se, něco tu nefunguje. Zavolejte prosím později.",
            "Okamžik, prosím.",
        ),
        "da": (
            "Undskyld, forbindelsen var væk et øjeblik. Nu er jeg her igen.",
            "Jeg har svært ved at høre dig. Brug venligst telefonens taster.",
            "Jeg beklager, noget virker ikke her. Ring venligst igen senere.",
            "Et øjeblik.",
        ),
        "de": (
            "Entschuldigung, die Verbindung war kurz weg. Ich bin wieder da.",
            "Ich kann Sie schlecht hören. Bitte benutzen Sie die Tasten Ihres Telefons.",
            "Es tut mir leid, hier funktioniert etwas nicht. Bitte rufen Sie später noch einmal an.",
            "Einen Moment, bitte.",
        ),
        "es": (
            "Perdón, la línea se cortó un momento. Ya estoy aquí.",
            "No le oigo bien. Por favor, use las teclas de su teléfono.",
            "Lo siento, algo no funciona aquí. Por favor, llame más tarde.",
            "Un momento, por favor.",
        ),
        "fi": (
            "Anteeksi, yhteys katkesi hetkeksi. Olen taas täällä.",
            "En kuule teitä kunnolla. Käyttäkää puhelimen näppäimiä.",
            "Olen pahoillani, jokin ei toimi täällä. Soittakaa myöhemmin uudelleen.",
            "Hetkinen, olkaa hyvä.",
        ),
        "fr": (
            "Pardon, la ligne a été coupée un instant. Je suis de retour.",
            "Je vous entends mal. Veuillez utiliser les touches de votre téléphone.",
            "Je suis désolé, quelque chose ne fonctionne pas ici. Veuillez rappeler plus tard.",
            "Un instant, s'il vous plaît.",
        ),
        "it": (
            "Mi scusi, la linea è caduta per un momento. Sono di nuovo qui.",
            "Non la sento bene. Per favore, usi i tasti del telefono.",
            "Mi dispiace, qui qualcosa non funziona. Per favore, richiami più tardi.",
            "Un momento, per favore.",
        ),
        "nb": (
            "Beklager, linjen var borte et øyeblikk. Nå er jeg tilbake.",
            "Jeg har problemer med å høre deg. Bruk tastene på telefonen.",
            "Beklager, noe virker ikke her. Ring igjen senere.",
            "Et øyeblikk.",
        ),
        "nl": (
            "Sorry, de lijn was even weg. Ik ben er weer.",
            "Ik kan u niet goed verstaan. Gebruik alstublieft de toetsen van uw telefoon.",
            "Het spijt me, er werkt hier iets niet. Belt u later nog eens.",
            "Een ogenblik, alstublieft.",
        ),
        "pl": (
            "Przepraszam, połączenie na chwilę się urwało. Już jestem.",
            "Słabo słyszę. Proszę użyć klawiszy telefonu.",
            "Przepraszam, coś tu nie działa. Proszę zadzwonić później.",
            "Chwileczkę, proszę.",
        ),
        "pt": (
            "Desculpe, a linha caiu por um momento. Já estou de volta.",
            "Não consigo ouvir bem. Por favor, use as teclas do telefone.",
            "Lamento, algo não está a funcionar aqui. Por favor, ligue mais tarde.",
            "Um momento, por favor.",
        ),
        "ru": (
            "Извините, связь на минуту пропала. Я снова здесь.",
            "Я плохо вас слышу. Пожалуйста, воспользуйтесь кнопками телефона.",
            "Извините, у нас что-то не работает. Пожалуйста, перезвоните позже.",
            "Минуту, пожалуйста.",
        ),
        "sv": (
            "Förlåt, linjen försvann en stund. Nu är jag tillbaka.",
            "Jag har svårt att höra dig. Använd knapparna på telefonen.",
            "Jag beklagar, något fungerar inte här. Ring igen senare.",
            "Ett ögonblick.",
        ),
        "tr": (
            "Özür dilerim, hat bir an kesildi. Şimdi buradayım.",
            "Sizi duymakta zorlanıyorum. Lütfen telefonunuzun tuşlarını kullanın.",
            "Üzgünüm, burada bir şey çalışmıyor. Lütfen daha sonra tekrar arayın.",
            "Bir dakika, lütfen.",
        ),
        "uk": (
            "Вибачте, зв'язок на хвилину зник. Я знову тут.",
            "Я погано вас чую. Будь ласка, скористайтеся кнопками телефону.",
            "Вибачте, у нас щось не працює. Будь ласка, зателефонуйте пізніше.",
            "Хвилинку, будь ласка.",
        ),
    }
)
