import { en } from "./messages";

const ROWS = [2, 3, 4];

/** The layout of a formula question's sheet: letters, headers, and the first rows without values. */
export function SheetPreview({ columns }: { columns: readonly string[] }) {
  if (columns.length === 0) return null;
  return (
    <div className="sheet">
      <table>
        <caption className="visually-hidden">{en.answer.sheet}</caption>
        <thead>
          <tr>
            <td />
            {columns.map((name, index) => (
              <th key={name} scope="col">
                {String.fromCharCode(65 + index)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">1</th>
            {columns.map((name) => (
              <td key={name}>
                <b>{name}</b>
              </td>
            ))}
          </tr>
          {ROWS.map((row) => (
            <tr key={row}>
              <th scope="row">{row}</th>
              {columns.map((name) => (
                <td key={name}>…</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
