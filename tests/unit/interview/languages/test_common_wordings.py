"""The common wordings of each request in German, French and Spanish, and answers in their words."""

from __future__ import annotations

import pytest

from interview.sessions.utterances import read_utterance

WORDINGS: dict[str, dict[str, str]] = {
    "de": {
        "repeat": """
            Könnten Sie das wiederholen?
            Die Verbindung war kurz weg, könnten Sie die Frage wiederholen
            Das habe ich nicht mitbekommen
            Sagen Sie das bitte noch mal
            Wie bitte?
            Können Sie die Frage noch mal vorlesen?
            Ich habe nur die Hälfte gehört
            Der Ton ist ausgefallen, noch mal bitte
            Entschuldigung, ich war abgelenkt. Wie lautet die Frage?
            Was war die Frage?
            Könnten Sie etwas langsamer sprechen?
        """,
        "explain": """
            Worauf wollen Sie hinaus?
            Was wollen Sie genau wissen?
            Können Sie das anders sagen?
            Wie ist die Frage gemeint?
            Die Frage ist mir nicht klar
            Ich weiß nicht, was Sie meinen
            Können Sie ein Beispiel geben, was Sie meinen?
            Könnten Sie das bitte genauer erklären?
            Das habe ich nicht verstanden, was meinen Sie?
        """,
        "skip": """
            Ich möchte diese Frage überspringen
            Können wir die nächste Frage nehmen?
            Die lasse ich aus
            Lassen Sie uns weitermachen
            Darauf möchte ich nicht antworten
            Zur nächsten Frage bitte
            Kann ich die Frage auslassen?
            Bitte eine andere Frage
        """,
        "wait": """
            Einen kleinen Moment bitte
            Warten Sie bitte kurz
            Ich muss kurz nachdenken
            Lassen Sie mich überlegen
            Ich brauche noch eine Minute
            Kann ich kurz darüber nachdenken?
            Bin gleich wieder da
            Es hat geklingelt, einen Moment
        """,
        "hint": """
            Haben Sie einen Tipp für mich?
            Können Sie mir helfen?
            Ich komme nicht weiter
            Ich stehe auf dem Schlauch
            Ein kleiner Hinweis wäre schön
            Geben Sie mir bitte einen Hinweis
            Wie soll ich anfangen?
        """,
        "done": """
            Das wäre alles von meiner Seite
            Das war meine Antwort
            Mehr kann ich dazu nicht sagen
            Ich habe nichts hinzuzufügen
            Das ist alles
            Fertig
            Wir können weitermachen, ich bin fertig
        """,
        "end": """
            Bitte brechen Sie das Interview ab
            Ich möchte das Interview beenden
            Lassen Sie uns hier aufhören
            Ich will nicht mehr weitermachen
            Ich muss jetzt gehen
            Können wir das Gespräch beenden?
            Ich ziehe meine Bewerbung zurück
            Auf Wiedersehen
        """,
        "answer": """
            Ich würde die Frage des Kunden wiederholen
            Wir haben die Verbindung getrennt und neu gestartet
            Ich breche den Prozess ab
            Die Seite war weg
            Ich lasse den Schritt aus
            Den Hinweis habe ich im Log gefunden
            Ich habe die Hälfte der Daten gelöscht
            Wir haben das Gespräch mit dem Kunden beendet
            Einen Index anlegen
            Dann ziehe ich die Bestellung zurück
        """,
    },
    "fr": {
        "repeat": """
            Pouvez-vous répéter la question ?
            Vous pouvez redire ça ?
            Je n'ai pas bien entendu
            J'ai raté la fin de la question
            Quelle était la question ?
            La connexion a coupé, vous pouvez répéter ?
            Je vous ai mal entendu
            Pourriez-vous parler plus lentement ?
            Encore une fois
        """,
        "explain": """
            Je n'ai pas compris la question
            Qu'est-ce que vous voulez dire ?
            Pouvez-vous expliquer la question ?
            Vous pouvez le dire autrement ?
            Je ne vois pas ce que vous voulez dire
            La question n'est pas claire pour moi
            Pouvez-vous donner un exemple de ce que vous attendez ?
            Qu'attendez-vous exactement ?
        """,
        "skip": """
            Question suivante
            Passons à la suite
            On peut passer cette question ?
            Je préférerais ne pas répondre
            J'aimerais passer à la question suivante
            Je ne veux pas répondre à cette question
            Une autre question s'il vous plaît
        """,
        "wait": """
            Attendez un instant
            Une seconde s'il vous plaît
            Laissez-moi réfléchir
            J'ai besoin d'un moment
            Je réfléchis encore
            Puis-je avoir une minute ?
            Je reviens tout de suite
            On sonne à la porte, un instant
        """,
        "hint": """
            Vous pouvez m'aider ?
            Un indice s'il vous plaît
            Je suis bloqué
            Je ne sais pas par où commencer
            Auriez-vous un indice ?
            Donnez-moi une piste
            Aidez-moi un peu
        """,
        "done": """
            C'est tout
            J'ai fini
            C'est ma réponse
            Rien d'autre
            Je n'ai rien d'autre à dire
            On peut continuer, j'ai fini
            Ce sera tout
        """,
        "end": """
            J'aimerais qu'on arrête
            Je veux arrêter l'entretien
            Arrêtons-nous là
            Je ne souhaite pas continuer
            Je dois y aller
            Pouvons-nous terminer l'entretien ?
            Je retire ma candidature
            Au revoir
        """,
        "answer": """
            Je répète la mesure trois fois
            On passe à la version suivante
            La connexion a coupé parce que le serveur était plein
            J'ai arrêté le projet
            Je dois aller chercher les données
            C'est tout le code
            Je retire la commande
            Un indice B-tree
            J'aide le client
            On a terminé le projet à temps
        """,
    },
    "es": {
        "repeat": """
            ¿Puede repetir la pregunta?
            ¿Cómo?
            ¿Me lo repite?
            No le he oído bien
            Me he perdido la última parte
            ¿Podría decirlo otra vez?
            Se ha cortado, ¿puede repetir?
            ¿Podría hablar más despacio?
            Repita la pregunta por favor
            ¿Cuál es la pregunta otra vez?
        """,
        "explain": """
            No entiendo la pregunta
            ¿Qué quiere decir?
            ¿Puede explicar la pregunta?
            ¿Lo puede decir de otra forma?
            No sé a qué se refiere
            No me queda clara la pregunta
            ¿Puede dar un ejemplo de lo que busca?
            ¿Qué espera exactamente?
        """,
        "skip": """
            Siguiente pregunta
            Pasemos a la siguiente
            ¿Puedo saltarme esta pregunta?
            Prefiero no responder
            Me gustaría pasar a la siguiente pregunta
            No quiero contestar a eso
            Otra pregunta por favor
        """,
        "wait": """
            Espere un momento
            Un segundo por favor
            Déjeme pensar
            Necesito un momento
            Todavía estoy pensando
            ¿Me da un minuto?
            Vuelvo enseguida
            Llaman a la puerta, un momento
        """,
        "hint": """
            ¿Me puede ayudar?
            Una pista por favor
            Estoy atascado
            No sé por dónde empezar
            ¿Tiene alguna pista?
            Deme una pista
            Ayúdeme un poco
        """,
        "done": """
            Ya terminé
            Eso es todo
            He terminado
            Esa es mi respuesta
            Nada más
            No tengo nada más que decir
            Podemos seguir, ya he terminado
        """,
        "end": """
            Quiero dejar la entrevista
            Quiero parar aquí
            Dejémoslo aquí
            No quiero seguir
            Me tengo que ir
            ¿Podemos terminar la entrevista?
            Retiro mi candidatura
            Adiós
        """,
        "answer": """
            Repito la medición tres veces
            Pasamos a la siguiente versión
            La conexión se cortó porque el servidor estaba lleno
            Terminé el proyecto a tiempo
            Tengo que buscar los datos
            Eso es todo el código
            Retiro el pedido
            Un índice en la tabla
            Ayudé al cliente
            Dejamos la entrevista con el cliente para otro día
        """,
    },
}
CASES = [
    (language, kind, line.strip())
    for language, kinds in WORDINGS.items()
    for kind, lines in kinds.items()
    for line in lines.strip().splitlines()
]


@pytest.mark.parametrize(("language", "kind", "said"), CASES)
def test_each_common_wording_is_heard(language: str, kind: str, said: str) -> None:
    assert read_utterance(said, language).kind == kind
