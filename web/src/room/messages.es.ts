/** The room's words in Spanish, as an interviewer speaks to adults (usted). */

import { MAX_ANSWER_CHARS } from "./limit";
import { counted, type Messages, numberIn } from "./messages";

const grouped = numberIn("es");

export const messages: Messages = {
  locale: "es",
  product: "Entrevista",
  skip: "Ir al contenido",
  opening: "Abriendo su entrevista…",
  close: "Cerrar",
  cancel: "Cancelar",
  retry: "Intentarlo de nuevo",
  quoted: (said) => `«${said}»`,

  refused: {
    noLink: "Abra esta página con el enlace de su invitación",
    noLinkBody:
      "El enlace termina con un código largo después del signo #. Si se cortó en su correo, copie el enlace completo en la barra de direcciones.",
    invalid: "Este enlace ya no abre ninguna entrevista",
    invalidBody:
      "Quizá lo sustituyó uno más reciente, su plazo terminó o la entrevista se eliminó. Pregunte a la persona que le invitó.",
    failed: "La entrevista no se puede abrir en este momento",
    reload: "Intentarlo de nuevo",
  },

  arrival: {
    hello: (name) => (name === "" ? "Le damos la bienvenida" : `Le damos la bienvenida, ${name}`),
    lead: (title) => `Tiene una invitación a una entrevista: ${title}.`,
    minutes: (n) => `${n} minutos como máximo`,
    minutesBody: "Puede tomarse tiempo para pensar. Sus respuestas se guardan una por una.",
    extraTime: (n) => `Incluye ${counted(n, "minuto adicional", "minutos adicionales")} para usted.`,
    ai: "Una IA hace las preguntas",
    aiBody: "Las personas leen el resultado y toman la decisión.",
    either: "Hablar o escribir",
    eitherBody: "Puede cambiar en cualquier momento, también en medio de la entrevista.",
    again: "El mismo enlace le trae de vuelta",
    againBody: "Si se corta la conexión, ábralo de nuevo: continúa en la misma pregunta.",
    pauses: (times, days) =>
      `Puede pausar la entrevista ${counted(times, "vez", "veces")} y continuar hasta ${counted(days, "día", "días")} después. El tiempo no corre.`,
    hints: (n) =>
      `${counted(n, "pista está disponible", "pistas están disponibles")} si lo desea. Antes de usar una pista verá su coste.`,
    consentTitle: "Qué ocurre con sus respuestas",
    consent: "He leído esto y acepto participar.",
    consentMissing: "Marque la casilla para continuar.",
    humanTitle: "¿Prefiere hablar con una persona?",
    human:
      "Escriba al contacto de su invitación y no empiece. También puede pedirlo durante la entrevista: su deseo se transmite y no le perjudica.",
    settingsTitle: "¿Qué le ayudaría?",
    next: "Continuar",
    direct: "Empezar sin prueba",
  },

  settings: {
    title: "Ajustes",
    how: "¿Cómo desea responder?",
    voice: "Pulsar para hablar y revisar cada respuesta antes de que cuente",
    open: "Micrófono abierto, como en una llamada",
    text: "Prefiero escribir mis respuestas",
    patient: "Esperar más cuando hago una pausa al hablar (micrófono abierto)",
    readAloud: "Leer en voz alta las palabras del entrevistador",
    slower: "Hablar más despacio",
    captions: "Mostrar en grande las palabras del entrevistador, como subtítulos",
    timer: "Mostrar el tiempo restante",
    extra:
      "¿Necesita más tiempo u otra cosa? Pídalo con «Ayuda» durante la entrevista. El equipo de selección ve su petición y decide.",
    extraHere: "¿Necesita más tiempo u otra cosa? Elija arriba «Pedir una adaptación».",
  },

  check: {
    title: "Pruebe su micrófono",
    lead: "Diga una frase. La oirá y verá lo que se ha entendido. No se guarda nada de ello.",
    sample: "Por ejemplo: «Buenos días, ya puedo empezar la entrevista.»",
    start: "Grabar una frase",
    stop: "Detener",
    hearing: "Escuchando su frase…",
    understood: "Esto es lo que se ha entendido",
    yours: "Su grabación",
    right: "Es correcto",
    again: "Grabar de nuevo",
    type: "Escribir en su lugar",
    low: "Algunas partes fueron difíciles de entender. Un lugar más tranquilo o unos auriculares con micrófono pueden ayudar; en la entrevista verá cada respuesta antes de que cuente.",
    level: "Volumen de su micrófono",
  },

  practice: {
    title: "Una pregunta para practicar",
    lead: "No se califica ni se guarda. Vea cómo se responde.",
    prompt: "¿Cómo llegó al lugar donde está sentado ahora?",
    done: "Así funciona",
    doneBody: "En la entrevista, su respuesta ya estaría guardada y seguiría la próxima pregunta.",
    start: "Empezar la entrevista",
    skip: "Omitir la práctica",
  },

  interview: {
    question: (n) => `Pregunta ${n}`,
    phase: {
      intro: "Introducción",
      technical: "Preguntas técnicas",
      behavioral: "Su experiencia",
      closing: "Sus preguntas",
    },
    progress: "Partes de la entrevista",
    turn: {
      yours: "Es su turno",
      listening: "Es su turno: simplemente hable",
      talking: "Le oímos. Tómese su tiempo",
      lost: "La conexión se cortó y está volviendo. Lo que diga se conserva",
      speaking: "El entrevistador está hablando",
      recording: "Grabando: le oímos",
      hearing: "Transcribiendo lo que dijo…",
      checking: "Revise su respuesta y envíela",
      unheard: "Su respuesta está grabada, pero aún no se ha enviado",
      thinking: "Su respuesta está guardada. El entrevistador está pensando…",
      resending: "Enviando su respuesta de nuevo…",
      replying: "El entrevistador está respondiendo",
      failed: "Su respuesta no se pudo enviar",
      paused: "En pausa: una persona lo revisa antes de continuar",
    },
    pausedBody:
      "No tiene que hacer nada. Esta página continúa por sí sola; también puede cerrarla y volver con el mismo enlace.",
    you: "Usted",
    interviewer: "Entrevistador",
    conversation: "Conversación",
    play: "Oír de nuevo",
    silence: "Detener la voz",
    timeLeft: (minutes) => (minutes < 1 ? "Último minuto" : `Quedan ${minutes} min`),
    timeUp: "El tiempo ha terminado",
    extraTime: (minutes) =>
      `El equipo de selección ha añadido ${counted(minutes, "minuto", "minutos")}. Las preguntas siguen siendo las mismas.`,
    warnTime: (minutes) => `Quedan ${minutes} minutos.`,
  },

  answer: {
    label: "Su respuesta",
    speak: "Hablar",
    hold: "Pulse para empezar y pulse otra vez para terminar. O manténgalo pulsado mientras habla.",
    stop: "Detener y revisar",
    cancel: "Descartar",
    type: "Escribir en su lugar",
    speakInstead: "Hablar en su lugar",
    press: "Pulsar para hablar en su lugar",
    open: "Micrófono abierto",
    typeHint: "Ctrl + Intro la envía.",
    send: "Enviar respuesta",
    heard: "Lo que se ha entendido",
    heardHint: "Corríjalo si alguna palabra está mal. Cuenta tal como lo envíe.",
    low: "Algunas palabras fueron difíciles de entender. Léalo otra vez, por favor.",
    again: "Grabar de nuevo",
    unheard: "Lo que dijo no se pudo mostrar",
    unheardKept: "Su grabación se conserva.",
    sendAsItIs: "Enviarla tal como está",
    spoken: "(su grabación)",
    empty: "Primero escriba o elija una respuesta.",
    option: (letter, text) => `Opción ${letter}: ${text}`,
    options: (letters, last) => `Opciones ${letters} y ${last}.`,
    choose: "Elija una respuesta",
    chooseMany: "Elija todas las que correspondan",
    number: "Su número",
    numberHint: "Con su unidad, si la hay.",
    order: "Ponga estos elementos en orden",
    orderHint: "El primero, arriba.",
    up: (item) => `Subir «${item}»`,
    down: (item) => `Bajar «${item}»`,
    formula: "Su fórmula",
    formulaHint: "Empieza con =, por ejemplo =SUM(A2:A11).",
    sheet: "Una hoja de ejemplo de esta pregunta",
    sheetNote: "Estos valores son un ejemplo. Su fórmula se califica también con otros valores.",
    try: "Probarla en la hoja",
    gives: "da",
    result: "Lo que da su fórmula",
    noResult: "La fórmula no da ningún resultado",
    notTried: "La fórmula no se pudo probar. Aun así puede enviarla",
    words: "Responder con palabras en su lugar",
    back: "Volver al formulario",
    failedAgain:
      "No se ha perdido nada. La página la envía otra vez por sí sola; «Intentarlo de nuevo» la envía ahora. Cuenta una sola vez.",
    failedFinal: "Sus palabras se conservan. Enviarlas otra vez tal como están no serviría.",
    tooLong: (count) =>
      `Su respuesta tiene ${grouped(count)} caracteres; se pueden enviar ${grouped(MAX_ANSWER_CHARS)}. Recorte ${grouped(count - MAX_ANSWER_CHARS)}, por favor.`,
    nearLimit: (count) => `${grouped(count)} de ${grouped(MAX_ANSWER_CHARS)} caracteres como máximo`,
    pasteTooLong: (count) =>
      `El texto pegado tiene ${grouped(count)} caracteres; una respuesta tiene ${grouped(MAX_ANSWER_CHARS)} como máximo. No se ha pegado. Pegue una parte más corta, por favor.`,
    withdraw: "Cambiar la respuesta",
    corrected: "corregido por usted",
  },

  live: {
    open: "Abrir el micrófono",
    openHint:
      "Se queda abierto: habla como por teléfono, y un silencio termina su respuesta. Puede interrumpir, silenciarlo o escribir en cualquier momento.",
    connecting: "Abriendo el micrófono…",
    on: "El micrófono está abierto",
    muted: "El micrófono está silenciado",
    done: "He terminado",
    mute: "Silenciar",
    unmute: "Activar el micrófono",
    close: "Cerrar el micrófono",
    offer: {
      take_your_time: "Tómese su tiempo.",
      nudge: "Cuando quiera. Puede pensar en voz alta.",
      repeat_or_skip: "¿Se repite la pregunta o se omite?",
      pause: "Puede cerrar esta página y volver con el mismo enlace.",
      unclear: "No se entendió ninguna palabra. Dígalo otra vez, por favor, o escriba.",
    },
  },

  mic: {
    denied:
      "El navegador no puede usar el micrófono. Permítalo con el símbolo de la barra de direcciones e inténtelo de nuevo, o escriba.",
    missing: "No se encontró ningún micrófono. Conecte uno e inténtelo de nuevo, o escriba.",
    busy: "El micrófono no se puede abrir; quizá lo usa otro programa. Ciérrelo e inténtelo de nuevo, o escriba.",
    insecure:
      "Esta página se abrió sin cifrado, por eso el navegador no ofrece micrófono. Pida un enlace que empiece con https://, o escriba sus respuestas.",
    unsupported: "Este navegador no puede grabar sonido. Use uno actual, o escriba sus respuestas.",
  },
  micTitle: "El micrófono no está disponible",
  insecureTitle: "En esta dirección no se puede hablar",
  typedTitle: "A esta entrevista se responde por escrito",
  typed: "El reconocimiento de voz no conoce aquí el idioma de esta entrevista. Escriba sus respuestas, por favor.",

  hint: {
    take: "Usar una pista",
    cost: (percent) => `cuesta un ${percent}\u00a0%`,
    title: "¿Usar una pista?",
    body: (percent, left) =>
      `Baja la puntuación de esta respuesta un ${percent} %. Le ${left === 1 ? "queda" : "quedan"} ${counted(left, "pista", "pistas")} para esta pregunta.`,
    unknown: "Baja un poco la puntuación de esta respuesta.",
    yes: "Usar la pista",
  },

  help: {
    open: "Ayuda",
    title: "¿Cómo podemos ayudarle?",
    repeat: "Repetir la pregunta",
    explain: "Explicar la pregunta",
    skip: "Saltar esta pregunta",
    skipBody: "Cuenta como no respondida.",
    person: "Pedir una persona",
    personBody: "Su deseo de hablar con una persona se transmite al equipo de selección.",
    time: "Pedir una adaptación",
    timeBody:
      "Más tiempo, por ejemplo. El equipo de selección ve la petición y decide; mientras tanto, tómese su tiempo.",
    pause: "Hacer un descanso",
    pauseBody:
      "Cierre esta página. El mismo enlace le trae de vuelta a esta pregunta. El tiempo de la entrevista sigue.",
    stop: "Pausar la entrevista",
    stopBody: (days) =>
      `El tiempo se detiene, y puede continuar hasta ${counted(days, "día", "días")} después con el mismo enlace.`,
    stopLeft: (left) => `Puede hacerlo ${counted(left, "vez más", "veces más")}.`,
    stopBusy: "Primero envíe o descarte su respuesta.",
    stopTitle: "¿Pausar la entrevista ahora?",
    stopDraft: "Una respuesta empezada se queda solo en esta ventana. La pregunta se hace otra vez cuando vuelva.",
    stopYes: "Pausar",
    end: "Terminar la entrevista",
    endBody: "Se evalúan sus respuestas hasta ahora. No se puede continuar.",
    endTitle: "¿Terminar la entrevista ahora?",
    endYes: "Terminar",
    said: {
      repeat: "¿Puede repetir la pregunta, por favor?",
      explain: "¿Puede explicar la pregunta, por favor?",
      skip: "Quiero saltar esta pregunta.",
      person: "Quiero hablar con una persona.",
      time: "Necesito una adaptación.",
    },
  },

  kept: {
    title: "Su última respuesta no se envió",
    moved: "La entrevista ha continuado en otra ventana o en otro dispositivo. Esta página muestra ahora su pregunta.",
    over: "La entrevista había terminado en otra ventana o en otro dispositivo, así que esta respuesta no forma parte de ella. Sus respuestas anteriores están guardadas.",
    question: "La pregunta era",
    words: "Sus palabras",
    noWords: "Respondió con una grabación, que no se pudo conservar.",
    copy: "Copiar mis palabras",
    copied: "Copiado",
    dismiss: "Ocultar",
  },

  paused: {
    title: "Su entrevista está en pausa",
    until: (date) => `Puede continuar hasta el ${date}.`,
    link: "El mismo enlace le trae de vuelta. Puede cerrar esta página.",
    clock: "El tiempo no corre. Cuando vuelva, la pregunta se hace otra vez.",
    after: "Si no vuelve antes, la entrevista termina y se evalúan sus respuestas hasta ahora.",
    left: (left) =>
      left === 0
        ? "Después no podrá pausarla más."
        : `Después podrá pausarla ${counted(left, "vez más", "veces más")}.`,
    resume: "Continuar la entrevista",
  },

  ended: {
    title: ["Gracias.", "La entrevista ha terminado."],
    saved: "Todas sus respuestas están guardadas. Puede cerrar esta página.",
    nextTitle: "Qué ocurre ahora",
    next: (days) => [
      "Un programa califica cada respuesta según criterios escritos y cita sus propias palabras.",
      "Una persona del equipo de selección lee el informe y puede corregir cada calificación. Deciden las personas, no el programa.",
      days === 0
        ? "El contacto de su invitación le informa del siguiente paso."
        : `El contacto de su invitación le dirá, ${days === 1 ? "un día" : `${days} días`} después de la entrevista como máximo, qué se ha decidido y cuál es el siguiente paso.`,
    ],
    rights:
      "Puede pedir a ese contacto una copia de sus datos, su eliminación, o que una persona revise de nuevo una calificación.",
  },

  trouble: "Eso no ha funcionado",

  problem: {
    busy: "El servidor está ocupado en este momento.",
    away: "Una parte de la entrevista no responde en este momento.",
    link: "Su enlace ya no abre esta entrevista. Pida uno nuevo a la persona que le invitó.",
    rejected: "Esta respuesta no se pudo aceptar tal como está. Cámbiela y envíela otra vez.",
    lost: "La conexión se interrumpió.",
    sound: "Esta grabación no se puede leer. Grábela de nuevo, por favor, o escriba.",
    offline: "No se puede contactar con el servidor.",
    notBack: "La conexión no ha vuelto.",
    noOpenMicrophone: "El micrófono abierto no está disponible ahora. Pulse para hablar, o escriba.",
    superseded: "La entrevista se abrió en otra ventana, que tiene ahora el micrófono.",
    empty: "La grabación está vacía. Compruebe que su micrófono está encendido y grabe de nuevo.",
    silent: "No se oyó ninguna palabra. Hable un poco más alto o más cerca del micrófono, o escriba.",
    recordingTooLarge: "La grabación es demasiado larga para enviarla. Dé una respuesta más corta, o escriba.",
    recordingTooLong: "La grabación es demasiado larga. Dé una respuesta más corta, o escriba.",
    infected: "El control de seguridad rechazó la grabación. Escriba su respuesta, por favor.",
    answerTooLong: "Esta respuesta es demasiado larga. Acórtela, por favor.",
    unsupported: "Esto no es posible en esta entrevista. Escriba su respuesta, por favor.",
    deleted: "Esta entrevista se ha eliminado.",
    changed: "La entrevista ha cambiado mientras tanto. Mire la pregunta y envíe después su respuesta.",
    ended: "La entrevista ha terminado.",
    movedOn: "La entrevista ha continuado en otra ventana. Esta es ahora su pregunta.",
    working: "Todavía se está procesando una respuesta suya. Solo tarda un momento.",
    slow: "El servidor tardó demasiado.",
    internal: "Algo falló en el servidor.",
    tooLarge: "Es demasiado grande para enviarlo. Dé una respuesta más corta, por favor.",
  },
};
