/** The room's words in French, as an interviewer speaks to adults (vous). */

import { MAX_ANSWER_CHARS } from "./limit";
import { counted, type Messages, numberIn } from "./messages";

const grouped = numberIn("fr");

export const messages: Messages = {
  locale: "fr",
  product: "Entretien",
  skip: "Aller au contenu",
  opening: "Ouverture de votre entretien…",
  close: "Fermer",
  cancel: "Annuler",
  retry: "Réessayer",
  quoted: (said) => `«\u00a0${said}\u00a0»`,

  refused: {
    noLink: "Ouvrez cette page avec le lien de votre invitation",
    noLinkBody:
      "Le lien se termine par un long code après le signe #. S'il a été coupé dans votre e-mail, copiez le lien entier dans la barre d'adresse.",
    invalid: "Ce lien n'ouvre plus d'entretien",
    invalidBody:
      "Il a peut-être été remplacé par un lien plus récent, il a expiré, ou l'entretien a été supprimé. Adressez-vous à la personne qui vous a invité.",
    failed: "L'entretien ne peut pas être ouvert pour le moment",
    reload: "Réessayer",
  },

  arrival: {
    hello: (name) => (name === "" ? "Bienvenue" : `Bienvenue, ${name}`),
    lead: (title) => `Vous êtes invité à un entretien : ${title}.`,
    minutes: (n) => `${n} minutes au plus`,
    minutesBody: "Vous pouvez prendre le temps de réfléchir. Vos réponses sont enregistrées une par une.",
    extraTime: (n) =>
      `Dont ${counted(n, "minute supplémentaire accordée", "minutes supplémentaires accordées")} pour vous.`,
    ai: "Une IA pose les questions",
    aiBody: "Des personnes lisent le résultat et prennent la décision.",
    either: "Parler ou écrire",
    eitherBody: "Vous pouvez changer à tout moment, même au milieu de l'entretien.",
    again: "Le même lien vous ramène ici",
    againBody: "Si la connexion est coupée, ouvrez-le de nouveau : vous reprenez à la même question.",
    pauses: (times, days) =>
      `Vous pouvez suspendre l'entretien ${times} fois et le reprendre jusqu'à ${counted(days, "jour", "jours")} plus tard. Le temps ne s'écoule pas.`,
    hints: (n) =>
      `${counted(n, "indice est disponible", "indices sont disponibles")} si vous le souhaitez. Le coût est indiqué avant chaque indice.`,
    consentTitle: "Ce que deviennent vos réponses",
    consent: "J'ai lu ce texte et j'accepte de participer.",
    consentMissing: "Cochez la case pour continuer.",
    humanTitle: "Vous préférez parler à une personne ?",
    human:
      "Écrivez au contact indiqué dans votre invitation et ne commencez pas. Vous pouvez aussi le demander pendant l'entretien : votre souhait est transmis et ne vous porte pas préjudice.",
    settingsTitle: "Qu'est-ce qui vous aiderait ?",
    next: "Continuer",
    direct: "Commencer sans vérification",
  },

  settings: {
    title: "Réglages",
    how: "Comment souhaitez-vous répondre ?",
    voice: "Appuyer pour parler, et vérifier chaque réponse avant qu'elle compte",
    open: "Micro ouvert, comme au téléphone",
    text: "Je préfère écrire mes réponses",
    patient: "Attendre plus longtemps quand je fais une pause en parlant (micro ouvert)",
    readAloud: "Lire à voix haute les paroles de l'interviewer",
    slower: "Parler plus lentement",
    captions: "Afficher en grand les paroles de l'interviewer, en sous-titres",
    timer: "Afficher le temps restant",
    extra:
      "Vous avez besoin de plus de temps, ou d'autre chose ? Demandez-le avec « Aide » pendant l'entretien. L'équipe de recrutement voit votre demande et décide.",
    extraHere:
      "Vous avez besoin de plus de temps, ou d'autre chose ? Choisissez « Demander un aménagement » ci-dessus.",
  },

  check: {
    title: "Vérifiez votre micro",
    lead: "Dites une phrase. Vous l'entendrez et verrez ce qui a été compris. Rien n'en est conservé.",
    sample: "Par exemple : « Bonjour, je suis prêt pour l'entretien. »",
    start: "Enregistrer une phrase",
    stop: "Arrêter",
    hearing: "Écoute de votre phrase…",
    understood: "Voici ce qui a été compris",
    yours: "Votre enregistrement",
    right: "C'est bien cela",
    again: "Enregistrer de nouveau",
    type: "Écrire plutôt",
    low: "Certaines parties étaient difficiles à comprendre. Un endroit plus calme ou un casque peut aider ; pendant l'entretien, vous voyez chaque réponse avant qu'elle compte.",
    level: "Volume de votre micro",
  },

  practice: {
    title: "Une question pour s'entraîner",
    lead: "Elle n'est ni notée ni conservée. Voyez comment répondre.",
    prompt: "Comment êtes-vous arrivé là où vous êtes assis maintenant ?",
    done: "C'est ainsi que cela fonctionne",
    doneBody: "Pendant l'entretien, votre réponse serait maintenant enregistrée et la question suivante arriverait.",
    start: "Commencer l'entretien",
    skip: "Passer l'entraînement",
  },

  interview: {
    question: (n) => `Question ${n}`,
    phase: {
      intro: "Introduction",
      technical: "Questions techniques",
      behavioral: "Votre expérience",
      closing: "Vos questions",
    },
    progress: "Parties de l'entretien",
    turn: {
      yours: "À vous",
      listening: "À vous : parlez simplement",
      talking: "Nous vous entendons. Prenez votre temps",
      lost: "La connexion est coupée et va revenir. Ce que vous dites est conservé",
      speaking: "L'interviewer parle",
      recording: "Enregistrement : nous vous entendons",
      hearing: "Transcription de ce que vous avez dit…",
      checking: "Vérifiez votre réponse, puis envoyez-la",
      unheard: "Votre réponse est enregistrée, mais pas encore envoyée",
      thinking: "Votre réponse est enregistrée. L'interviewer réfléchit…",
      resending: "Nouvel envoi de votre réponse…",
      replying: "L'interviewer répond",
      failed: "Votre réponse n'a pas pu être envoyée",
      paused: "Suspendu : une personne regarde avant de continuer",
    },
    pausedBody:
      "Vous n'avez rien à faire. Cette page continue d'elle-même ; vous pouvez aussi la fermer et revenir avec le même lien.",
    you: "Vous",
    interviewer: "Interviewer",
    conversation: "Conversation",
    play: "Réécouter",
    silence: "Arrêter la voix",
    timeLeft: (minutes) => (minutes < 1 ? "Dernière minute" : `${minutes} min restantes`),
    timeUp: "Le temps est écoulé",
    extraTime: (minutes) =>
      `L'équipe de recrutement a ajouté ${counted(minutes, "minute", "minutes")}. Les questions restent les mêmes.`,
    warnTime: (minutes) => `Il reste ${minutes} minutes.`,
  },

  answer: {
    label: "Votre réponse",
    speak: "Parler",
    hold: "Appuyez pour commencer, appuyez de nouveau pour arrêter. Ou maintenez le bouton en parlant.",
    stop: "Arrêter et vérifier",
    cancel: "Abandonner",
    type: "Écrire plutôt",
    speakInstead: "Parler plutôt",
    press: "Appuyer pour parler plutôt",
    open: "Micro ouvert",
    typeHint: "Ctrl + Entrée l'envoie.",
    send: "Envoyer la réponse",
    heard: "Ce qui a été compris",
    heardHint: "Corrigez-le si un mot est faux. C'est ce que vous envoyez qui compte.",
    low: "Certains mots étaient difficiles à comprendre. Relisez, s'il vous plaît.",
    again: "Enregistrer de nouveau",
    unheard: "Ce que vous avez dit n'a pas pu être affiché",
    unheardKept: "Votre enregistrement est conservé.",
    sendAsItIs: "L'envoyer tel quel",
    spoken: "(votre enregistrement)",
    empty: "Écrivez ou choisissez d'abord une réponse.",
    option: (letter, text) => `Option ${letter} : ${text}`,
    options: (letters, last) => `Options ${letters} et ${last}.`,
    choose: "Choisissez une réponse",
    chooseMany: "Choisissez toutes les réponses qui conviennent",
    number: "Votre nombre",
    numberHint: "Avec son unité, s'il y en a une.",
    order: "Mettez ces éléments dans l'ordre",
    orderHint: "Le premier est en haut.",
    up: (item) => `Monter « ${item} »`,
    down: (item) => `Descendre « ${item} »`,
    formula: "Votre formule",
    formulaHint: "Elle commence par =, par exemple =SUM(A2:A11).",
    sheet: "Une feuille d'exemple pour cette question",
    sheetNote: "Ces valeurs sont un exemple. Votre formule est aussi notée sur d'autres valeurs.",
    try: "L'essayer sur la feuille",
    gives: "donne",
    result: "Ce que donne votre formule",
    noResult: "La formule ne donne aucun résultat",
    notTried: "La formule n'a pas pu être essayée. Vous pouvez tout de même l'envoyer",
    words: "Répondre plutôt avec des mots",
    back: "Revenir au formulaire",
    failedAgain:
      "Rien n'est perdu. La page l'envoie de nouveau d'elle-même ; « Réessayer » l'envoie maintenant. Elle ne compte qu'une fois.",
    failedFinal: "Vos mots sont conservés. Les renvoyer tels quels ne changerait rien.",
    tooLong: (count) =>
      `Votre réponse a ${grouped(count)} caractères ; ${grouped(MAX_ANSWER_CHARS)} peuvent être envoyés. Retirez-en ${grouped(count - MAX_ANSWER_CHARS)}.`,
    nearLimit: (count) => `${grouped(count)} caractères sur ${grouped(MAX_ANSWER_CHARS)} au plus`,
    pasteTooLong: (count) =>
      `Le texte à coller a ${grouped(count)} caractères ; une réponse en a ${grouped(MAX_ANSWER_CHARS)} au plus. Il n'a pas été collé. Collez une partie plus courte.`,
    withdraw: "Modifier la réponse",
    corrected: "corrigé par vous",
  },

  live: {
    open: "Ouvrir le micro",
    openHint:
      "Il reste ouvert : vous parlez comme au téléphone, et un silence termine votre réponse. Vous pouvez interrompre, couper le micro ou écrire à tout moment.",
    connecting: "Ouverture du micro…",
    on: "Le micro est ouvert",
    muted: "Le micro est coupé",
    done: "J'ai terminé",
    mute: "Couper le micro",
    unmute: "Rétablir le micro",
    close: "Fermer le micro",
    offer: {
      take_your_time: "Prenez votre temps.",
      nudge: "Quand vous voulez. Vous pouvez réfléchir à voix haute.",
      repeat_or_skip: "Faut-il répéter la question, ou la passer ?",
      pause: "Vous pouvez fermer cette page et revenir avec le même lien.",
      unclear: "Aucun mot n'a été compris. Répétez, s'il vous plaît, ou écrivez.",
    },
  },

  mic: {
    denied:
      "Le navigateur n'a pas le droit d'utiliser le micro. Autorisez-le avec le symbole dans la barre d'adresse et réessayez, ou écrivez.",
    missing: "Aucun micro n'a été trouvé. Branchez-en un et réessayez, ou écrivez.",
    busy: "Le micro ne peut pas être ouvert ; un autre programme l'utilise peut-être. Fermez-le et réessayez, ou écrivez.",
    insecure:
      "Cette page a été ouverte sans chiffrement, et le navigateur ne propose donc pas de micro. Demandez un lien qui commence par https://, ou écrivez vos réponses.",
    unsupported: "Ce navigateur ne peut pas enregistrer le son. Utilisez-en un récent, ou écrivez vos réponses.",
  },
  micTitle: "Le micro n'est pas disponible",
  insecureTitle: "Il n'est pas possible de parler à cette adresse",
  typedTitle: "Vous répondez à cet entretien par écrit",
  typed: "La reconnaissance vocale ne connaît pas ici la langue de cet entretien. Veuillez écrire vos réponses.",

  hint: {
    take: "Prendre un indice",
    cost: (percent) => `coûte ${percent}\u00a0%`,
    title: "Prendre un indice ?",
    body: (percent, left) =>
      `Il réduit la note de cette réponse de ${percent} %. Il vous reste ${counted(left, "indice", "indices")} pour cette question.`,
    unknown: "Il réduit un peu la note de cette réponse.",
    yes: "Prendre l'indice",
  },

  help: {
    open: "Aide",
    title: "Comment pouvons-nous vous aider ?",
    repeat: "Répéter la question",
    explain: "Expliquer la question",
    skip: "Passer cette question",
    skipBody: "Elle compte comme sans réponse.",
    person: "Demander une personne",
    personBody: "Votre souhait de parler à une personne est transmis à l'équipe de recrutement.",
    time: "Demander un aménagement",
    timeBody:
      "Plus de temps, par exemple. L'équipe de recrutement voit la demande et décide ; prenez votre temps en attendant.",
    pause: "Faire une pause",
    pauseBody: "Fermez cette page. Le même lien vous ramène à cette question. Le temps de l'entretien continue.",
    stop: "Suspendre l'entretien",
    stopBody: (days) =>
      `Le temps s'arrête, et vous pouvez reprendre jusqu'à ${counted(days, "jour", "jours")} plus tard avec le même lien.`,
    stopLeft: (left) => `C'est encore possible ${left} fois.`,
    stopBusy: "Envoyez ou abandonnez d'abord votre réponse.",
    stopTitle: "Suspendre l'entretien maintenant ?",
    stopDraft:
      "Une réponse commencée reste seulement dans cette fenêtre. La question est posée de nouveau à votre retour.",
    stopYes: "Suspendre",
    end: "Terminer l'entretien",
    endBody: "Vos réponses jusqu'ici sont évaluées. L'entretien ne peut pas être repris.",
    endTitle: "Terminer l'entretien maintenant ?",
    endYes: "Terminer",
    said: {
      repeat: "Pouvez-vous répéter la question, s'il vous plaît ?",
      explain: "Pouvez-vous expliquer la question, s'il vous plaît ?",
      skip: "Je voudrais passer cette question.",
      person: "Je voudrais parler à un être humain.",
      time: "Je voudrais demander un aménagement.",
    },
  },

  kept: {
    title: "Votre dernière réponse n'a pas été envoyée",
    moved:
      "L'entretien a continué dans une autre fenêtre ou sur un autre appareil. Cette page montre maintenant sa question.",
    over: "L'entretien était terminé dans une autre fenêtre ou sur un autre appareil, donc cette réponse n'en fait pas partie. Vos réponses précédentes sont enregistrées.",
    question: "La question était",
    words: "Vos mots",
    noWords: "Vous avez répondu par un enregistrement, qui n'a pas pu être conservé.",
    copy: "Copier mes mots",
    copied: "Copié",
    dismiss: "Masquer",
  },

  paused: {
    title: "Votre entretien est suspendu",
    until: (date) => `Vous pouvez le reprendre jusqu'au ${date}.`,
    link: "Le même lien vous ramène ici. Vous pouvez fermer cette page.",
    clock: "Le temps ne s'écoule pas. À votre retour, la question est posée de nouveau.",
    after: "Si vous ne revenez pas d'ici là, l'entretien se termine et vos réponses jusqu'ici sont évaluées.",
    left: (left) =>
      left === 0
        ? "Ensuite, vous ne pourrez plus le suspendre."
        : `Ensuite, vous pourrez encore le suspendre ${left} fois.`,
    resume: "Reprendre l'entretien",
  },

  ended: {
    title: ["Merci.", "L'entretien est terminé."],
    saved: "Toutes vos réponses sont enregistrées. Vous pouvez fermer cette page.",
    nextTitle: "La suite",
    next: (days) => [
      "Un logiciel note chaque réponse selon des critères écrits et cite vos propres mots.",
      "Une personne de l'équipe de recrutement lit le rapport et peut corriger chaque note. Des personnes décident, pas le logiciel.",
      days === 0
        ? "Le contact de votre invitation vous informe de la prochaine étape."
        : `Le contact de votre invitation vous dit, dans ${days === 1 ? "le jour qui suit" : `les ${days} jours qui suivent`} l'entretien, ce qui a été décidé et quelle est la suite.`,
    ],
    rights:
      "Vous pouvez demander à ce contact une copie de vos données, leur suppression, ou qu'une personne réexamine une note.",
  },

  trouble: "Cela n'a pas fonctionné",

  problem: {
    busy: "Le serveur est occupé pour le moment.",
    away: "Une partie de l'entretien ne répond pas pour le moment.",
    link: "Votre lien n'ouvre plus cet entretien. Demandez-en un nouveau à la personne qui vous a invité.",
    rejected: "Cette réponse n'a pas pu être acceptée telle quelle. Modifiez-la et envoyez-la de nouveau.",
    lost: "La connexion a été interrompue.",
    sound: "Cet enregistrement ne peut pas être lu. Enregistrez de nouveau, ou écrivez.",
    offline: "Le serveur est injoignable.",
    notBack: "La connexion n'est pas revenue.",
    noOpenMicrophone: "Le micro ouvert n'est pas disponible maintenant. Appuyez pour parler, ou écrivez.",
    superseded: "L'entretien a été ouvert dans une autre fenêtre, qui a maintenant le micro.",
    empty: "L'enregistrement est vide. Vérifiez que votre micro est allumé, et enregistrez de nouveau.",
    silent: "Aucune parole n'a été entendue. Parlez un peu plus fort ou plus près du micro, ou écrivez.",
    recordingTooLarge: "L'enregistrement est trop long pour être envoyé. Répondez plus brièvement, ou écrivez.",
    recordingTooLong: "L'enregistrement est trop long. Répondez plus brièvement, ou écrivez.",
    infected: "Le contrôle de sécurité a refusé l'enregistrement. Écrivez votre réponse, s'il vous plaît.",
    answerTooLong: "Cette réponse est trop longue. Raccourcissez-la, s'il vous plaît.",
    unsupported: "Ce n'est pas possible dans cet entretien. Écrivez votre réponse, s'il vous plaît.",
    deleted: "Cet entretien a été supprimé.",
    changed: "L'entretien a changé entre-temps. Regardez la question, puis envoyez votre réponse.",
    ended: "L'entretien est terminé.",
    movedOn: "L'entretien a continué dans une autre fenêtre. Voici maintenant sa question.",
    working: "Une de vos réponses est encore en cours de traitement. Cela ne prend qu'un instant.",
    slow: "Le serveur a mis trop de temps.",
    internal: "Une erreur s'est produite sur le serveur.",
    tooLarge: "C'est trop volumineux pour être envoyé. Répondez plus brièvement, s'il vous plaît.",
  },
};
