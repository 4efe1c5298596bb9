/** The room's words in German, as an interviewer speaks to adults (Sie). */

import { MAX_ANSWER_CHARS } from "./limit";
import { counted, type Messages, numberIn } from "./messages";

const grouped = numberIn("de");

export const messages: Messages = {
  locale: "de",
  product: "Interview",
  skip: "Zum Inhalt springen",
  opening: "Ihr Interview wird geöffnet …",
  close: "Schließen",
  cancel: "Abbrechen",
  retry: "Noch einmal versuchen",
  quoted: (said) => `„${said}“`,

  refused: {
    noLink: "Öffnen Sie diese Seite mit dem Link aus Ihrer Einladung",
    noLinkBody:
      "Der Link endet mit einem langen Code nach dem Zeichen #. Falls er in Ihrer E-Mail abgeschnitten wurde, kopieren Sie den ganzen Link in die Adresszeile.",
    invalid: "Dieser Link öffnet kein Interview mehr",
    invalidBody:
      "Vielleicht wurde er durch einen neueren ersetzt, seine Zeit ist abgelaufen, oder das Interview wurde gelöscht. Fragen Sie die Person, die Sie eingeladen hat.",
    failed: "Das Interview kann gerade nicht geöffnet werden",
    reload: "Noch einmal versuchen",
  },

  arrival: {
    hello: (name) => (name === "" ? "Willkommen" : `Willkommen, ${name}`),
    lead: (title) => `Sie sind zu einem Interview eingeladen: ${title}.`,
    minutes: (n) => `Höchstens ${n} Minuten`,
    minutesBody: "Denkpausen sind in Ordnung. Ihre Antworten werden einzeln gespeichert.",
    extraTime: (n) => `${counted(n, "Minute davon ist", "Minuten davon sind")} zusätzliche Zeit für Sie.`,
    ai: "Eine KI stellt die Fragen",
    aiBody: "Menschen lesen das Ergebnis und treffen die Entscheidung.",
    either: "Sprechen oder tippen",
    eitherBody: "Sie können jederzeit wechseln, auch mitten im Interview.",
    again: "Derselbe Link bringt Sie zurück",
    againBody: "Wenn die Verbindung abbricht, öffnen Sie ihn wieder: Es geht bei derselben Frage weiter.",
    pauses: (times, days) =>
      `Sie können das Interview ${counted(times, "Mal", "Mal")} anhalten und bis zu ${counted(days, "Tag", "Tage")} später weitermachen. Die Uhr steht dann still.`,
    hints: (n) =>
      `${counted(n, "Hinweis steht", "Hinweise stehen")} bereit, wenn Sie möchten. Vorher sehen Sie, was ein Hinweis kostet.`,
    consentTitle: "Was mit Ihren Antworten geschieht",
    consent: "Ich habe das gelesen und bin einverstanden, teilzunehmen.",
    consentMissing: "Bitte setzen Sie das Häkchen, um fortzufahren.",
    humanTitle: "Möchten Sie lieber mit einem Menschen sprechen?",
    human:
      "Schreiben Sie an die Ansprechperson in Ihrer Einladung und beginnen Sie nicht. Sie können auch während des Interviews darum bitten: Ihr Wunsch wird weitergegeben, und es entsteht Ihnen kein Nachteil.",
    settingsTitle: "Was würde Ihnen helfen?",
    next: "Weiter",
    direct: "Ohne Test beginnen",
  },

  settings: {
    title: "Anpassungen",
    how: "Wie möchten Sie antworten?",
    voice: "Zum Sprechen drücken und jede Antwort prüfen, bevor sie zählt",
    open: "Offenes Mikrofon, wie bei einem Telefonat",
    text: "Ich tippe meine Antworten lieber",
    patient: "Länger warten, wenn ich beim Sprechen pausiere (offenes Mikrofon)",
    readAloud: "Die Worte des Interviewers vorlesen",
    slower: "Langsamer sprechen",
    captions: "Die Worte des Interviewers groß als Untertitel zeigen",
    timer: "Die verbleibende Zeit zeigen",
    extra:
      "Brauchen Sie mehr Zeit oder etwas anderes? Bitten Sie während des Interviews unter „Hilfe“ darum. Das Einstellungsteam sieht Ihre Bitte und entscheidet.",
    extraHere: "Brauchen Sie mehr Zeit oder etwas anderes? Wählen Sie oben „Um eine Anpassung bitten“.",
  },

  check: {
    title: "Testen Sie Ihr Mikrofon",
    lead: "Sagen Sie einen Satz. Sie hören ihn und sehen, was verstanden wurde. Nichts davon wird aufbewahrt.",
    sample: "Zum Beispiel: „Guten Morgen, ich bin bereit für das Interview.“",
    start: "Einen Satz aufnehmen",
    stop: "Stopp",
    hearing: "Ihr Satz wird angehört …",
    understood: "Das wurde verstanden",
    yours: "Ihre Aufnahme",
    right: "Das stimmt",
    again: "Neu aufnehmen",
    type: "Stattdessen tippen",
    low: "Teile davon waren schwer zu verstehen. Ein ruhigerer Ort oder ein Headset kann helfen; im Interview sehen Sie jede Antwort, bevor sie zählt.",
    level: "Lautstärke Ihres Mikrofons",
  },

  practice: {
    title: "Eine Frage zum Üben",
    lead: "Sie wird nicht bewertet und nicht aufbewahrt. Probieren Sie aus, wie das Antworten funktioniert.",
    prompt: "Wie sind Sie dorthin gekommen, wo Sie jetzt sitzen?",
    done: "So funktioniert es",
    doneBody: "Im Interview wäre Ihre Antwort jetzt gespeichert, und die nächste Frage würde folgen.",
    start: "Das Interview beginnen",
    skip: "Die Übung überspringen",
  },

  interview: {
    question: (n) => `Frage ${n}`,
    phase: {
      intro: "Einstieg",
      technical: "Fachliches",
      behavioral: "Ihre Erfahrung",
      closing: "Ihre Fragen",
    },
    progress: "Teile des Interviews",
    turn: {
      yours: "Sie sind dran",
      listening: "Sie sind dran: Sprechen Sie einfach",
      talking: "Wir hören Sie. Nehmen Sie sich Zeit",
      lost: "Die Verbindung ist abgebrochen und wird wiederhergestellt. Was Sie sagen, bleibt erhalten",
      speaking: "Der Interviewer spricht",
      recording: "Aufnahme läuft: Wir hören Sie",
      hearing: "Was Sie gesagt haben, wird aufgeschrieben …",
      checking: "Prüfen Sie Ihre Antwort und senden Sie sie dann",
      unheard: "Ihre Antwort ist aufgenommen, aber noch nicht gesendet",
      thinking: "Ihre Antwort ist gespeichert. Der Interviewer denkt nach …",
      resending: "Ihre Antwort wird noch einmal gesendet …",
      replying: "Der Interviewer antwortet",
      failed: "Ihre Antwort konnte nicht gesendet werden",
      paused: "Angehalten: Ein Mensch sieht sich das an, bevor es weitergeht",
    },
    pausedBody:
      "Sie müssen nichts tun. Diese Seite geht von selbst weiter; Sie können sie auch schließen und mit demselben Link zurückkommen.",
    you: "Sie",
    interviewer: "Interviewer",
    conversation: "Gespräch",
    play: "Noch einmal hören",
    silence: "Stimme anhalten",
    timeLeft: (minutes) => (minutes < 1 ? "Letzte Minute" : `noch ${minutes} Min.`),
    timeUp: "Die Zeit ist um",
    extraTime: (minutes) =>
      `Sie haben ${counted(minutes, "zusätzliche Minute", "zusätzliche Minuten")} vom Einstellungsteam erhalten. Die Fragen bleiben dieselben.`,
    warnTime: (minutes) => `Es bleiben noch ${minutes} Minuten.`,
  },

  answer: {
    label: "Ihre Antwort",
    speak: "Sprechen",
    hold: "Zum Beginnen drücken, zum Beenden noch einmal. Oder beim Sprechen gedrückt halten.",
    stop: "Stopp und prüfen",
    cancel: "Verwerfen",
    type: "Stattdessen tippen",
    speakInstead: "Stattdessen sprechen",
    press: "Stattdessen zum Sprechen drücken",
    open: "Offenes Mikrofon",
    typeHint: "Strg + Eingabe sendet sie.",
    send: "Antwort senden",
    heard: "Was verstanden wurde",
    heardHint: "Korrigieren Sie es, wenn ein Wort falsch ist. Es zählt, was Sie senden.",
    low: "Manche Wörter waren schwer zu verstehen. Bitte lesen Sie es noch einmal durch.",
    again: "Neu aufnehmen",
    unheard: "Was Sie gesagt haben, konnte nicht angezeigt werden",
    unheardKept: "Ihre Aufnahme ist noch da.",
    sendAsItIs: "So senden, wie sie ist",
    spoken: "(Ihre Aufnahme)",
    empty: "Schreiben oder wählen Sie zuerst eine Antwort.",
    option: (letter, text) => `Option ${letter}: ${text}`,
    options: (letters, last) => `Optionen ${letters} und ${last}.`,
    choose: "Wählen Sie eine Antwort",
    chooseMany: "Wählen Sie alle zutreffenden Antworten",
    number: "Ihre Zahl",
    numberHint: "Mit Einheit, falls es eine gibt.",
    order: "Bringen Sie dies in die richtige Reihenfolge",
    orderHint: "Das Erste steht oben.",
    up: (item) => `„${item}“ nach oben schieben`,
    down: (item) => `„${item}“ nach unten schieben`,
    formula: "Ihre Formel",
    formulaHint: "Sie beginnt mit =, zum Beispiel =SUM(A2:A11).",
    sheet: "Ein Beispielblatt zu dieser Frage",
    sheetNote: "Diese Werte sind ein Beispiel. Ihre Formel wird auch mit anderen Werten bewertet.",
    try: "Auf dem Blatt ausprobieren",
    gives: "ergibt",
    result: "Was Ihre Formel ergibt",
    noResult: "Die Formel ergibt nichts",
    notTried: "Die Formel konnte nicht ausprobiert werden. Sie können sie trotzdem senden",
    words: "Stattdessen in Worten antworten",
    back: "Zurück zum Formular",
    failedAgain:
      "Nichts ist verloren. Die Seite sendet sie von selbst noch einmal; „Noch einmal versuchen“ sendet sie jetzt. Sie zählt nur einmal.",
    failedFinal: "Ihre Worte sind noch da. Sie unverändert noch einmal zu senden, würde nicht helfen.",
    tooLong: (count) =>
      `Ihre Antwort hat ${grouped(count)} Zeichen; ${grouped(MAX_ANSWER_CHARS)} können gesendet werden. Bitte kürzen Sie sie um ${grouped(count - MAX_ANSWER_CHARS)}.`,
    nearLimit: (count) => `${grouped(count)} von höchstens ${grouped(MAX_ANSWER_CHARS)} Zeichen`,
    pasteTooLong: (count) =>
      `Der Text aus der Zwischenablage hat ${grouped(count)} Zeichen; eine Antwort hat höchstens ${grouped(MAX_ANSWER_CHARS)}. Er wurde nicht eingefügt. Bitte fügen Sie einen kürzeren Teil ein.`,
    withdraw: "Die Antwort ändern",
    corrected: "von Ihnen korrigiert",
  },

  live: {
    open: "Das Mikrofon öffnen",
    openHint:
      "Es bleibt an: Sie sprechen wie am Telefon, und eine Sprechpause beendet Ihre Antwort. Sie können jederzeit unterbrechen, es stummschalten oder tippen.",
    connecting: "Das Mikrofon wird geöffnet …",
    on: "Das Mikrofon ist an",
    muted: "Das Mikrofon ist stumm",
    done: "Ich bin fertig",
    mute: "Stummschalten",
    unmute: "Stummschaltung aufheben",
    close: "Das Mikrofon schließen",
    offer: {
      take_your_time: "Nehmen Sie sich Zeit.",
      nudge: "Wann immer Sie so weit sind. Sie dürfen auch laut denken.",
      repeat_or_skip: "Soll die Frage wiederholt oder übersprungen werden?",
      pause: "Sie können diese Seite schließen und mit demselben Link zurückkommen.",
      unclear: "Es wurden keine Wörter verstanden. Bitte sagen Sie es noch einmal, oder tippen Sie.",
    },
  },

  mic: {
    denied:
      "Der Browser darf das Mikrofon nicht benutzen. Erlauben Sie es über das Symbol in der Adresszeile und versuchen Sie es noch einmal, oder tippen Sie.",
    missing:
      "Es wurde kein Mikrofon gefunden. Schließen Sie eines an und versuchen Sie es noch einmal, oder tippen Sie.",
    busy: "Das Mikrofon lässt sich nicht öffnen; vielleicht benutzt es ein anderes Programm. Schließen Sie es und versuchen Sie es noch einmal, oder tippen Sie.",
    insecure:
      "Diese Seite wurde ohne Verschlüsselung geöffnet, deshalb bietet der Browser kein Mikrofon an. Bitten Sie um einen Link, der mit https:// beginnt, oder tippen Sie Ihre Antworten.",
    unsupported:
      "Dieser Browser kann keinen Ton aufnehmen. Benutzen Sie einen aktuellen, oder tippen Sie Ihre Antworten.",
  },
  micTitle: "Das Mikrofon ist nicht verfügbar",
  insecureTitle: "Unter dieser Adresse können Sie nicht sprechen",
  typedTitle: "Dieses Gespräch wird schriftlich beantwortet",
  typed: "Die Spracherkennung hier kennt die Sprache dieses Gesprächs nicht. Bitte tippen Sie Ihre Antworten.",

  hint: {
    take: "Einen Hinweis nehmen",
    cost: (percent) => `kostet ${percent}\u00a0%`,
    title: "Einen Hinweis nehmen?",
    body: (percent, left) =>
      `Er senkt die Punktzahl dieser Antwort um ${percent} %. Für diese Frage haben Sie noch ${counted(left, "Hinweis", "Hinweise")}.`,
    unknown: "Er senkt die Punktzahl dieser Antwort ein wenig.",
    yes: "Den Hinweis nehmen",
  },

  help: {
    open: "Hilfe",
    title: "Wie können wir helfen?",
    repeat: "Die Frage wiederholen",
    explain: "Die Frage erklären",
    skip: "Diese Frage überspringen",
    skipBody: "Sie zählt als unbeantwortet.",
    person: "Um einen Menschen bitten",
    personBody: "Ihr Wunsch nach einem Gespräch mit einem Menschen wird an das Einstellungsteam weitergegeben.",
    time: "Um eine Anpassung bitten",
    timeBody:
      "Zum Beispiel mehr Zeit. Das Einstellungsteam sieht die Bitte und entscheidet; nehmen Sie sich bis dahin Zeit.",
    pause: "Eine Pause machen",
    pauseBody:
      "Schließen Sie diese Seite. Derselbe Link bringt Sie zu dieser Frage zurück. Die Uhr des Interviews läuft weiter.",
    stop: "Das Interview anhalten",
    stopBody: (days) =>
      `Die Uhr steht still, und Sie können bis zu ${counted(days, "Tag", "Tage")} später mit demselben Link weitermachen.`,
    stopLeft: (left) => (left === 1 ? "Das ist noch ein Mal möglich." : `Das ist noch ${left} Mal möglich.`),
    stopBusy: "Senden oder verwerfen Sie zuerst Ihre Antwort.",
    stopTitle: "Das Interview jetzt anhalten?",
    stopDraft:
      "Eine angefangene Antwort bleibt nur in diesem Fenster. Die Frage wird noch einmal gestellt, wenn Sie zurückkommen.",
    stopYes: "Anhalten",
    end: "Das Interview beenden",
    endBody: "Ihre bisherigen Antworten werden ausgewertet. Es kann nicht fortgesetzt werden.",
    endTitle: "Das Interview jetzt beenden?",
    endYes: "Beenden",
    said: {
      repeat: "Bitte wiederholen Sie die Frage.",
      explain: "Bitte erklären Sie die Frage.",
      skip: "Ich möchte diese Frage überspringen.",
      person: "Ich möchte lieber mit einem Menschen sprechen.",
      time: "Ich brauche einen Nachteilsausgleich.",
    },
  },

  kept: {
    title: "Ihre letzte Antwort wurde nicht gesendet",
    moved:
      "Das Interview ist in einem anderen Fenster oder auf einem anderen Gerät weitergegangen. Diese Seite zeigt jetzt dessen Frage.",
    over: "Das Interview war in einem anderen Fenster oder auf einem anderen Gerät beendet worden, deshalb gehört diese Antwort nicht dazu. Ihre Antworten davor sind gespeichert.",
    question: "Die Frage war",
    words: "Ihre Worte",
    noWords: "Sie haben mit einer Aufnahme geantwortet, die nicht aufbewahrt werden konnte.",
    copy: "Meine Worte kopieren",
    copied: "Kopiert",
    dismiss: "Ausblenden",
  },

  paused: {
    title: "Ihr Interview ist angehalten",
    until: (date) => `Sie können bis ${date} weitermachen.`,
    link: "Derselbe Link bringt Sie zurück. Sie können diese Seite schließen.",
    clock: "Die Uhr steht still. Wenn Sie zurückkommen, wird die Frage noch einmal gestellt.",
    after: "Kommen Sie bis dahin nicht zurück, endet das Interview, und Ihre bisherigen Antworten werden ausgewertet.",
    left: (left) =>
      left === 0 ? "Danach können Sie nicht mehr anhalten." : `Danach können Sie noch ${left} Mal anhalten.`,
    resume: "Das Interview fortsetzen",
  },

  ended: {
    title: ["Danke.", "Das war das Interview."],
    saved: "Alle Ihre Antworten sind gespeichert. Sie können diese Seite schließen.",
    nextTitle: "Wie es weitergeht",
    next: (days) => [
      "Software bewertet jede Antwort nach schriftlichen Kriterien und zitiert Ihre eigenen Worte.",
      "Ein Mensch aus dem Einstellungsteam liest den Bericht und kann jede Bewertung korrigieren. Menschen entscheiden, nicht die Software.",
      days === 0
        ? "Ihre Ansprechperson aus der Einladung informiert Sie über den nächsten Schritt."
        : `Ihre Ansprechperson aus der Einladung sagt Ihnen innerhalb von ${days === 1 ? "einem Tag" : `${days} Tagen`} nach dem Interview, wie es ausgegangen ist und wie es weitergeht.`,
    ],
    rights:
      "Sie können diese Person um eine Kopie Ihrer Daten bitten, um deren Löschung oder darum, dass ein Mensch eine Bewertung noch einmal ansieht.",
  },

  trouble: "Das hat nicht geklappt",

  problem: {
    busy: "Der Server ist gerade ausgelastet.",
    away: "Ein Teil des Interviews antwortet gerade nicht.",
    link: "Ihr Link öffnet dieses Interview nicht mehr. Bitten Sie die Person, die Sie eingeladen hat, um einen neuen.",
    rejected: "Diese Antwort konnte so nicht angenommen werden. Ändern Sie sie und senden Sie sie noch einmal.",
    lost: "Die Verbindung wurde unterbrochen.",
    sound: "Diese Aufnahme kann nicht gelesen werden. Bitte nehmen Sie sie neu auf, oder tippen Sie.",
    offline: "Der Server ist nicht erreichbar.",
    notBack: "Die Verbindung ist nicht zurückgekommen.",
    noOpenMicrophone: "Das offene Mikrofon ist gerade nicht verfügbar. Drücken Sie zum Sprechen, oder tippen Sie.",
    superseded: "Das Interview wurde in einem anderen Fenster geöffnet, das jetzt das Mikrofon hat.",
    empty: "Die Aufnahme ist leer. Prüfen Sie, ob Ihr Mikrofon an ist, und nehmen Sie neu auf.",
    silent: "Es war keine Sprache zu hören. Sprechen Sie etwas lauter oder näher am Mikrofon, oder tippen Sie.",
    recordingTooLarge: "Die Aufnahme ist zu lang zum Senden. Antworten Sie kürzer, oder tippen Sie.",
    recordingTooLong: "Die Aufnahme ist zu lang. Antworten Sie kürzer, oder tippen Sie.",
    infected: "Die Sicherheitsprüfung hat die Aufnahme abgelehnt. Bitte tippen Sie Ihre Antwort.",
    answerTooLong: "Diese Antwort ist zu lang. Bitte kürzen Sie sie.",
    unsupported: "Das ist in diesem Interview nicht möglich. Bitte tippen Sie Ihre Antwort.",
    deleted: "Dieses Interview wurde gelöscht.",
    changed:
      "Das Interview hat sich inzwischen geändert. Sehen Sie sich die Frage an und senden Sie dann Ihre Antwort.",
    ended: "Das Interview ist beendet.",
    movedOn: "Das Interview ist in einem anderen Fenster weitergegangen. Dies ist jetzt dessen Frage.",
    working: "An einer Ihrer Antworten wird noch gearbeitet. Es dauert nur einen Moment.",
    slow: "Der Server hat zu lange gebraucht.",
    internal: "Auf dem Server ist etwas schiefgegangen.",
    tooLarge: "Das ist zu groß zum Senden. Bitte antworten Sie kürzer.",
  },
};
