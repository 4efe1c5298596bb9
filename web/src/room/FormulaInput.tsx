import { useEffect, useState } from "react";
import { problemFrom } from "../api/problem";
import { Button } from "../ui/Button";
import { Field } from "../ui/Field";
import { Notice } from "../ui/Notice";
import { AnswerForm } from "./AnswerForm";
import { loadDraft, saveDraft } from "./drafts";
import { said } from "./problems";
import type { Calculation } from "./types";
import type { Room } from "./useRoom";
import { useWords } from "./words";

/** A formula, tried on an example sheet that the server keeps and calculates. */
export function FormulaInput({ questionId, columns, room }: Props) {
  const words = useWords();
  const [text, setText] = useState(() => loadDraft(sessionStorage, questionId, "words") ?? "");
  const [empty, setEmpty] = useState(false);
  const [sheet, setSheet] = useState<Calculation | null>(null);
  const [tried, setTried] = useState("");
  const [trouble, setTrouble] = useState("");
  const [busy, setBusy] = useState(false);
  const { calculate } = room;

  const run = async (formula: string) => {
    setBusy(true);
    setTrouble("");
    try {
      setSheet(await calculate(formula));
      setTried(formula);
    } catch (error) {
      setTrouble(said(problemFrom(error), words));
    } finally {
      setBusy(false);
    }
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each question, which is a component of its own
  useEffect(() => {
    void run("");
  }, []);

  return (
    <>
      <Sheet rows={sheet?.rows ?? [columns]} cells={sheet?.cells ?? {}} />
      <p className="muted small">{words.answer.sheetNote}</p>
      <AnswerForm
        onSend={() => (text.trim() === "" ? setEmpty(true) : room.answer(text.trim()))}
        actions={
          <Button busy={busy} onClick={() => (text.trim() === "" ? setEmpty(true) : void run(text.trim()))}>
            {words.answer.try}
          </Button>
        }
      >
        <Field
          label={words.answer.formula}
          hint={words.answer.formulaHint}
          error={empty && text.trim() === "" ? words.answer.empty : undefined}
        >
          {(wiring) => (
            <input
              {...wiring}
              className="input"
              data-form="formula"
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
              maxLength={2000}
              value={text}
              onChange={(event) => {
                setText(event.target.value);
                saveDraft(sessionStorage, questionId, "words", event.target.value);
              }}
            />
          )}
        </Field>
        {tried !== "" && sheet !== null && <Result formula={tried} sheet={sheet} />}
        {trouble !== "" && (
          <Notice tone="warn" live title={words.answer.notTried}>
            {trouble}
          </Notice>
        )}
      </AnswerForm>
    </>
  );
}

type Props = { questionId: string; columns: readonly string[]; room: Room };

function Result({ formula, sheet }: { formula: string; sheet: Calculation }) {
  const words = useWords();
  if (sheet.problem !== "") {
    return (
      <Notice tone="warn" live title={words.answer.noResult}>
        {sheet.problem}
      </Notice>
    );
  }
  const rows = sheet.result;
  const single = rows.length === 1 && rows[0]?.length === 1;
  return (
    <div role="status" className="sheet stack tight">
      <p>
        <code>{formula}</code> {words.answer.gives} {single && <b>{rows[0]?.[0]}</b>}
      </p>
      {!single && (
        <table aria-label={words.answer.result}>
          <tbody>
            {rows.map((row, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its place
              <tr key={at}>
                {row.map((value, column) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: as above
                  <td key={column}>{value}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

function Sheet({ rows, cells }: { rows: readonly (readonly string[])[]; cells: Record<string, string> }) {
  const words = useWords();
  const header = rows[0] ?? [];
  if (header.length === 0) return null;
  const further = Object.entries(cells);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is reached by keyboard
    <section className="sheet" tabIndex={0} aria-label={words.answer.sheet}>
      <table>
        <caption className="visually-hidden">{words.answer.sheet}</caption>
        <thead>
          <tr>
            <td />
            {header.map((name, column) => (
              <th key={name} scope="col">
                {String.fromCharCode(65 + column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a row is its number
            <tr key={at}>
              <th scope="row">{at + 1}</th>
              {row.map((value, column) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its place
                <td key={column}>{at === 0 ? <b>{value}</b> : value}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {further.length > 0 && (
        <p className="small">
          {further.map(([address, value]) => (
            <span key={address}>
              <b>{address}</b>: {value}{" "}
            </span>
          ))}
        </p>
      )}
    </section>
  );
}
