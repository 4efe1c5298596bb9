"""Stories in every language: all four parts are found, and the missing one is asked for in that language."""

# ruff: noqa: E501 – a line is one case

from __future__ import annotations

import pytest

from interview.languages.language import language_of
from interview.measurement.star import achievement_line, analyse_story

WHOLE = [
    ("de", "Letztes Jahr drohte ein großer Kunde mit Kündigung, weil die Auswertung ständig ausfiel. Ich war dafür verantwortlich, ihn zu halten. Ich habe mit der Technik einen Plan erstellt und den Kunden jede Woche angerufen. Am Ende hat er den Vertrag um zwei Jahre verlängert."),
    ("de", "In meiner letzten Stelle gab es einen Streit zwischen Vertrieb und Support. Meine Aufgabe war es, eine Lösung zu finden. Zuerst sprach ich mit beiden Seiten, dann schlug ich ein gemeinsames Formular vor. Seitdem sind die Beschwerden um die Hälfte gesunken."),
    ("fr", "L'année dernière, un gros client menaçait de partir parce que les rapports tombaient en panne. J'étais responsable de le garder. J'ai établi un plan avec la technique et je l'ai appelé chaque semaine. Au final, il a renouvelé son contrat pour deux ans."),
    ("fr", "Dans mon dernier poste, il y avait un conflit entre les ventes et le support. Je devais trouver une solution. J'ai parlé avec les deux équipes et j'ai proposé un formulaire commun. Depuis, les plaintes ont baissé de moitié."),
    ("es", "El año pasado un cliente grande amenazó con irse porque los informes fallaban. Yo era la responsable de retenerlo. Preparé un plan con el equipo técnico y lo llamé cada semana. Al final renovó el contrato por dos años."),
    ("es", "En mi último trabajo había un conflicto entre ventas y soporte. Tenía que encontrar una solución. Hablé con los dos equipos y propuse un formulario común. Desde entonces las quejas bajaron a la mitad."),
]  # fmt: skip
NO_ACTION = [
    ("de", "Bei meiner letzten Firma gab es einen schwierigen Kunden. Ich musste ihn halten."),
    ("fr", "Dans mon ancienne entreprise, il y avait un client difficile. Je devais le garder."),
    ("es", "En mi antigua empresa había un cliente difícil. Tenía que retenerlo."),
]
HABITS = [
    ("de", "Normalerweise spreche ich mit dem Kunden."),
    ("fr", "En général, je parle avec le client."),
    ("es", "Normalmente hablo con el cliente."),
]
TEAM = [
    ("de", "Wir haben das Problem im Team gelöst."),
    ("fr", "Nous avons réglé le problème en équipe."),
    ("es", "Resolvimos el problema en equipo."),
]


@pytest.mark.parametrize(("code", "told"), WHOLE)
def test_a_whole_story_lacks_nothing(code: str, told: str) -> None:
    story = analyse_story(told, code)
    assert story.missing == ()
    assert all(told[quote.start : quote.end] == quote.quote for quote in story.present)
    line = achievement_line(told, code)
    assert line is not None
    assert " – " in line


@pytest.mark.parametrize(("code", "told"), NO_ACTION)
def test_a_missing_action_is_asked_for_in_the_language(code: str, told: str) -> None:
    story = analyse_story(told, code)
    assert story.missing == ("action", "result")
    assert story.follow_up == language_of(code).story_follow_ups.action


@pytest.mark.parametrize(("code", "told"), HABITS)
def test_a_habit_is_no_story(code: str, told: str) -> None:
    assert analyse_story(told, code).present == ()


@pytest.mark.parametrize(("code", "told"), TEAM)
def test_a_teams_story_is_asked_for_ones_own_part(code: str, told: str) -> None:
    assert analyse_story(told, code).follow_up == language_of(code).story_follow_ups.team_only
